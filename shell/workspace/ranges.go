package workspace

import (
	"fmt"
	"strconv"
	"strings"
)

// lineRanges names lines by their numbers, which rise: "lines 812 to 1,140 and 1,150".
func lineRanges(numbers []int) string {
	var ranges []string
	for i := 0; i < len(numbers); {
		first := i
		for i++; i < len(numbers) && numbers[i] == numbers[i-1]+1; i++ {
		}
		switch n := i - first; n {
		case 1:
			ranges = append(ranges, thousands(numbers[first]))
		default:
			ranges = append(ranges, fmt.Sprintf("%s to %s", thousands(numbers[first]), thousands(numbers[i-1])))
		}
	}
	word := "lines "
	if len(numbers) == 1 {
		word = "line "
	}
	last := len(ranges) - 1
	if last == 0 {
		return word + ranges[0]
	}
	return word + strings.Join(ranges[:last], ", ") + " and " + ranges[last]
}

// thousands writes a number with its thousands apart.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
