package workspace

import "testing"

func TestLineRanges(t *testing.T) {
	for want, numbers := range map[string][]int{
		"line 7":                          {7},
		"lines 2 to 3":                    {2, 3},
		"lines 2 and 4":                   {2, 4},
		"lines 1, 3 to 5 and 1,000":       {1, 3, 4, 5, 1000},
		"lines 999 to 1,001":              {999, 1000, 1001},
		"lines 1,234,567 and 12,345,678":  {1234567, 12345678},
		"lines 1 to 2, 4 to 5 and 7 to 8": {1, 2, 4, 5, 7, 8},
	} {
		if got := lineRanges(numbers); got != want {
			t.Errorf("%v: %s, not %s", numbers, got, want)
		}
	}
}
