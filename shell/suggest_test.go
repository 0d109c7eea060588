package shell

import "testing"

func TestSuggest(t *testing.T) {
	for name, want := range map[string]string{
		"creat": "create", "craete": "create", "lss": "ls", "gte": "get", "STAT": "stat", "setacl": "setAcl",
		"delte": "delete", "": "", "x": "", "frobnicate": "", "lx": "",
	} {
		if got := Suggest(D34, name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := Suggest(D39, "rmrr"); got == "rmr" {
		t.Errorf("3.9 has no %s", got)
	}
}
