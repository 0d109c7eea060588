package server

import (
	"testing"

	"zoosh/internal/wire"
)

// limit makes the znodes of a quota, as zkCli does.
func (c *client) limit(path, limits string) {
	c.t.Helper()
	c.create(quotaPath+path, 0)
	c.createWith(quotaPath+path+"/"+wire.QuotaLimitNode, limits)
	c.createWith(quotaPath+path+"/"+wire.QuotaStatNode, "count=0,bytes=0")
}

func (c *client) createWith(path, data string) {
	c.t.Helper()
	c.do(wire.OpCreate, &wire.CreateRequest{Path: path, Data: []byte(data), ACL: wire.OpenACL()}, &wire.PathResponse{})
}

func (c *client) wantUse(path, want string) {
	c.t.Helper()
	var r wire.GetDataResponse
	c.do(wire.OpGetData, &wire.PathWatchRequest{Path: quotaPath + path + "/" + wire.QuotaStatNode}, &r)
	if string(r.Data) != want || r.Stat.Version != 0 {
		c.t.Errorf("the use of %s is %q, version %d, want %q", path, r.Data, r.Stat.Version, want)
	}
}

func TestQuotaCounts(t *testing.T) {
	c := connect(t, startServer(t, Config{}))
	c.createWith("/q", "x")
	c.createWith("/q/a", "12")
	c.limit("/q", "count=1,bytes=1=;byteHardLimit=1;countHardLimit=1") // nothing enforces it
	c.wantUse("/q", "count=2,bytes=3")
	c.createWith("/q/a/b", "345")
	c.createWith("/qq", "elsewhere")
	c.wantUse("/q", "count=3,bytes=6")
	c.do(wire.OpSetData, &wire.SetDataRequest{Path: "/q/a", Data: []byte("1"), Version: -1}, &wire.Stat{})
	c.wantUse("/q", "count=3,bytes=5")
	c.do(wire.OpDelete, &wire.PathVersionRequest{Path: "/q/a/b", Version: -1}, &wire.Empty{})
	c.wantUse("/q", "count=2,bytes=2")
	c.do(wire.OpDelete, &wire.PathVersionRequest{Path: quotaPath + "/q/" + wire.QuotaLimitNode, Version: -1}, &wire.Empty{})
	c.createWith("/q/c", "1")
	c.wantUse("/q", "count=2,bytes=2")
}

func TestQuotaIsEnforced(t *testing.T) {
	c := connect(t, startServer(t, Config{EnforceQuota: true}))
	c.createWith("/q", "")
	c.limit("/q", "count=1,bytes=1=;byteHardLimit=4;countHardLimit=3")
	c.createWith("/q/a", "12")
	c.createWith("/q/b", "")
	set := func(data string) *wire.SetDataRequest {
		return &wire.SetDataRequest{Path: "/q/b", Data: []byte(data), Version: -1}
	}
	c.refused(wire.QuotaExceeded, wire.OpCreate, &wire.CreateRequest{Path: "/q/c", ACL: wire.OpenACL()})
	c.refused(wire.QuotaExceeded, wire.OpSetData, set("123"))
	c.do(wire.OpSetData, set("12"), &wire.Stat{})
	c.wantUse("/q", "count=3,bytes=4")
	c.createWith("/elsewhere", "12345")
}
