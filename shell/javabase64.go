package shell

import (
	"encoding/base64"
	"strconv"
	"strings"
)

const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// decodeBase64 is Java's Base64 decoder, its errors included: padding may be
// missing, but nothing else may stand among the letters.
func decodeBase64(text string) ([]byte, error) {
	src := latin1(text)
	if len(src) == 1 {
		return nil, failf("Input byte[] should at least have 2 bytes for base64 bytes")
	}
	end := 0 // of the letters
	for end < len(src) && src[end] != '=' {
		if strings.IndexByte(base64Letters, src[end]) < 0 {
			return nil, failf("Illegal base64 character %s", strconv.FormatInt(int64(int8(src[end])), 16))
		}
		end++
	}
	rest, pads := src[end:], 0
	if len(rest) > 0 {
		switch end % 4 {
		case 0:
			return nil, failf("Input byte array has wrong 4-byte ending unit")
		case 2:
			if len(rest) < 2 || rest[1] != '=' {
				return nil, failf("Input byte array has wrong 4-byte ending unit")
			}
			pads = 2
		default:
			pads = 1
		}
	}
	switch {
	case end%4 == 1:
		return nil, failf("Last unit does not have enough valid bits")
	case len(rest) > pads:
		return nil, failf("Input byte array has incorrect ending byte at %d", end+pads)
	}
	// What is left of the last letter's bits may be anything.
	data, err := base64.RawStdEncoding.DecodeString(string(src[:end]))
	if err != nil {
		return nil, failf("%v", err)
	}
	return data, nil
}

// latin1 is the bytes that Java takes for text in ISO 8859-1.
func latin1(text string) []byte {
	var out []byte
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out
}
