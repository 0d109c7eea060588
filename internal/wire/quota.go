package wire

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The znodes that hold quotas: below QuotaPath stands the path that a quota is
// for, and below that its limits and what is used of them.
const (
	QuotaPath      = "/zookeeper/quota"
	QuotaLimitNode = "zookeeper_limits"
	QuotaStatNode  = "zookeeper_stats"
)

// ConfigPath is the znode that holds the ensemble's configuration.
const ConfigPath = "/zookeeper/config"

// The values of a quota.
const (
	QuotaCount     = "count"
	QuotaBytes     = "bytes"
	QuotaCountHard = "countHardLimit"
	QuotaBytesHard = "byteHardLimit"
)

// A Quota is what the znodes of a quota hold (StatsTrack): limits, or what is
// used of them. A value that is not there is -1, which is no limit.
type Quota map[string]int64

// quotaError says why data is no quota.
type quotaError struct{ Reason string }

// Error implements error.
func (e *quotaError) Error() string { return e.Reason }

// ParseQuota reads key=value pairs between commas or semicolons. The error
// reads as Java words it.
func ParseQuota(data []byte) (Quota, error) {
	q := Quota{}
	pairs := strings.FieldsFunc(string(data), func(r rune) bool { return r == ',' || r == ';' })
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		if value == "" {
			return nil, &quotaError{"Index 1 out of bounds for length 1"}
		}
		value, _, _ = strings.Cut(value, "=")
		if value == "" {
			value = "-1"
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, &quotaError{`For input string: "` + value + `"`}
		}
		q[key] = n
	}
	return q, nil
}

// Get is a value, or -1.
func (q Quota) Get(key string) int64 {
	if n, ok := q[key]; ok {
		return n
	}
	return -1
}

// String is the form in which a quota is stored and shown. What ZooKeeper 3.4
// does not know stands where its parser passes over it.
func (q Quota) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "count=%d,bytes=%d", q.Get(QuotaCount), q.Get(QuotaBytes))
	end := "="
	for _, key := range slices.Sorted(maps.Keys(q)) {
		if key == QuotaCount || key == QuotaBytes {
			continue
		}
		fmt.Fprintf(&b, "%s;%s=%d", end, key, q[key])
		end = ""
	}
	return b.String()
}
