package shell

import (
	"testing"
	"time"
)

func TestParsePoint(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 24, 21, 30, 0, 0, zone)
	for text, want := range map[string]Point{
		"0x1f": {Zxid: 31}, "0X1F": {Zxid: 31}, "31": {Zxid: 31}, "0": {}, "0x0": {},
		"0x7fffffffffffffff":            {Zxid: 1<<63 - 1},
		"2026-11-24T19:00:05Z":          {Time: time.Date(2026, 11, 24, 19, 0, 5, 0, time.UTC)},
		"2026-11-24T19:00:05.123Z":      {Time: time.Date(2026, 11, 24, 19, 0, 5, 123e6, time.UTC)},
		"2026-11-24T19:00:05+01:00":     {Time: time.Date(2026, 11, 24, 18, 0, 5, 0, time.UTC)},
		"2026-11-24 19:00:05Z":          {Time: time.Date(2026, 11, 24, 19, 0, 5, 0, time.UTC)},
		"2026-11-24 19:00:05":           {Time: time.Date(2026, 11, 24, 19, 0, 5, 0, zone)},
		"2026-11-24 19:00:05.5":         {Time: time.Date(2026, 11, 24, 19, 0, 5, 5e8, zone)},
		"2026-11-24T19:00:05":           {Time: time.Date(2026, 11, 24, 19, 0, 5, 0, zone)},
		"2026-11-24 19:00":              {Time: time.Date(2026, 11, 24, 19, 0, 0, 0, zone)},
		"19:00":                         {Time: time.Date(2026, 11, 24, 19, 0, 0, 0, zone)},
		"7:05":                          {Time: time.Date(2026, 11, 24, 7, 5, 0, 0, zone)},
		"19:00:05":                      {Time: time.Date(2026, 11, 24, 19, 0, 5, 0, zone)},
		"23:59:59.999":                  {Time: time.Date(2026, 11, 24, 23, 59, 59, 999e6, zone)},
		"1970-01-01T00:00:00Z":          {Time: time.Unix(0, 0)},
		"2026-11-24T19:00:05.123+00:00": {Time: time.Date(2026, 11, 24, 19, 0, 5, 123e6, time.UTC)},
	} {
		got, err := ParsePoint(text, now)
		if err != nil || got.Zxid != want.Zxid || !got.Time.Equal(want.Time) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                     `"" is no point in a log: it is ` + pointForms,
		"yesterday":            `"yesterday" is no point in a log: it is ` + pointForms,
		"-1":                   `"-1" is no point in a log: it is ` + pointForms,
		"2026-11-24":           `"2026-11-24" is no point in a log: it is ` + pointForms,
		"25:00":                `"25:00" is no point in a log: it is ` + pointForms,
		"2026-13-24 19:00":     `"2026-13-24 19:00" is no point in a log: it is ` + pointForms,
		"0x":                   `"0x" is no zxid`,
		"0xg":                  `"0xg" is no zxid`,
		"0x8000000000000000":   `"0x8000000000000000" is no zxid`,
		"99999999999999999999": `"99999999999999999999" is no zxid`,
		"1969-12-31T00:00:00Z": `"1969-12-31T00:00:00Z" is before 1970`,
	} {
		if got, err := ParsePoint(text, now); err == nil || err.Error() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// FuzzParsePoint: what is read is said in a way that reads the same.
func FuzzParsePoint(f *testing.F) {
	for _, text := range []string{"0x1f", "31", "19:00", "2026-11-24 19:00:05.5", "2026-11-24T19:00:05+01:00", "0x", "9999-12-31T23:59:59Z"} {
		f.Add(text)
	}
	now := time.Date(2026, 11, 24, 21, 30, 0, 0, time.FixedZone("CST", 8*3600))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePoint(text, now)
		if err != nil {
			return
		}
		if p.Zxid < 0 || p.IsTime() && (p.Zxid != 0 || p.Time.UnixMilli() < 0) {
			t.Errorf("%q: %v", text, p)
		}
		again, err := ParsePoint(p.String(), now)
		if err != nil || again.Zxid != p.Zxid || !again.Time.Equal(p.Time) {
			t.Errorf("%q is %v, which is %v, %v", text, p, again, err)
		}
	})
}
