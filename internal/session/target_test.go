package session

import (
	"reflect"
	"testing"
	"time"
)

// TestTargetIsHandedOnWhole fills every field of a target by its type, so that one that
// is added and forgotten in Config is found.
func TestTargetIsHandedOnWhole(t *testing.T) {
	at := Target{
		Connect: "a:1,b:2/app", Place: "there", Timeout: 7 * time.Second, Security: Security{SASL: &SASL{User: "ann"}},
		Auth: []Credential{{Scheme: "digest"}}, MaxRequest: 5 << 20, Limits: Limits{Reply: 7}, Window: 3, ReadOnly: true, NoWrites: true,
		ProfileName: "prod", Colour: "red", Remarks: []string{"old"},
	}
	notASessions := map[string]bool{"Connect": true, "Place": true, "ProfileName": true, "Colour": true, "Remarks": true}
	cfg, err := at.Config()
	if err != nil {
		t.Fatal(err)
	}
	from, to := reflect.ValueOf(at), reflect.ValueOf(cfg)
	for i := range from.NumField() {
		name := from.Type().Field(i).Name
		if from.Field(i).IsZero() {
			t.Errorf("the test does not fill %s", name)
		}
		if notASessions[name] {
			continue
		}
		if f := to.FieldByName(name); !f.IsValid() || !reflect.DeepEqual(f.Interface(), from.Field(i).Interface()) {
			t.Errorf("%s does not reach the session", name)
		}
	}
	if !reflect.DeepEqual(cfg.Servers, []string{"a:1", "b:2"}) || cfg.Chroot != "/app" {
		t.Errorf("%q below %q", cfg.Servers, cfg.Chroot)
	}
}

func TestTargetTo(t *testing.T) {
	at := Target{Connect: "a:1,b:2/app", ProfileName: "prod", Place: "there", Auth: []Credential{{Scheme: "digest"}}, MaxRequest: 9, NoWrites: true}
	for _, test := range []struct {
		to          string
		auth, named bool
	}{
		{"a:1,b:2/app", true, true},
		{"b:2", true, false},
		{"a:1/other", true, false},
		{"a:1,c:3", false, false},
		{"c:3/app", false, false},
	} {
		got, err := at.To(test.to)
		if err != nil {
			t.Fatal(err)
		}
		if got.Connect != test.to || (got.Auth != nil) != test.auth || (got.ProfileName == "prod" && got.Place == "there") != test.named {
			t.Errorf("%s: %+v", test.to, got)
		}
		if got.MaxRequest != 9 || !got.NoWrites {
			t.Errorf("%s is reached otherwise: %+v", test.to, got)
		}
	}
	if _, err := at.To("a:1/x/"); err == nil {
		t.Error("a connect string that is none is taken")
	}
}
