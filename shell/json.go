package shell

import (
	"encoding/json"
	"fmt"
	"strings"

	"zoosh/internal/export"
)

// What JSON has of znodes is the same everywhere, exports included: package
// export tells the names.
type (
	jsonStat = export.Stat
	jsonData = export.Data
	jsonACL  = export.ACL
)

var (
	statJSON = export.StatOf
	dataJSON = export.DataOf
	aclJSON  = export.ACLOf
	hex      = export.Hex
	jsonTime = export.Time
)

// object prints a JSON object on a line.
func (c *Call) object(v any) error {
	text, err := objectLine(v)
	if err != nil {
		return err
	}
	c.data(text)
	return nil
}

func objectLine(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // <, > and & are what they are
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return b.String(), nil
}
