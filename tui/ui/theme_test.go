package ui

import (
	"image/color"
	"math"
	"strconv"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// luminance and contrast are as WCAG has them.
func luminance(c color.Color) float64 {
	part := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Every colour can be read on its background, what is dim too; a line need only
// be seen.
func TestContrast(t *testing.T) {
	numbered := func(text string) ansi.IndexedColor {
		n, err := strconv.ParseUint(text, 10, 8)
		if err != nil {
			t.Fatal(err)
		}
		return ansi.IndexedColor(n)
	}
	for name, of := range palette {
		least := 4.0
		if name == "line" {
			least = 2.5
		}
		onDark, onLight := numbered(of.onDark), numbered(of.onLight)
		for _, dark := range []color.Color{color.Black, color.RGBA{0x1e, 0x1e, 0x1e, 0xff}} {
			if c := contrast(onDark, dark); c < least-0.8 || dark == color.Black && c < least {
				t.Errorf("%s on %v: %.1f", name, dark, c)
			}
		}
		if c := contrast(onLight, color.White); c < least {
			t.Errorf("%s on white: %.1f", name, c)
		}
		// With sixteen colours it must not come near the background either.
		if c := ansi.Convert16(onLight); c == ansi.White || c == ansi.BrightWhite {
			t.Errorf("%s on white becomes %v of 16 colours", name, c)
		}
		if c := ansi.Convert16(onDark); c == ansi.Black {
			t.Errorf("%s on black becomes black of 16 colours", name)
		}
	}
}
