package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// constants are the constants of type Op in ops.go, with their numbers.
func constants(t *testing.T) map[string]Op {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "ops.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Op{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Op") {
			return true
		}
		value, sign := spec.Values[0], 1
		if unary, ok := value.(*ast.UnaryExpr); ok {
			value, sign = unary.X, -1
		}
		n64, err := strconv.Atoi(value.(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all[spec.Names[0].Name] = Op(sign * n64)
		return true
	})
	if len(all) < 30 {
		t.Fatalf("only %d constants", len(all))
	}
	return all
}

// TestOpTable: the table has each opcode once, whole and without contradictions.
func TestOpTable(t *testing.T) {
	numbers, names := map[Op]bool{}, map[string]bool{}
	for _, r := range opTable {
		if numbers[r.op] || names[r.name] {
			t.Errorf("%s, %d: stands there twice", r.name, r.op)
		}
		numbers[r.op], names[r.name] = true, true
		if r.op < lowestOp || r.op > highestOp || r.name == "" || r.kind == KindUnknown {
			t.Errorf("%s, %d: the number is out of range, or the row is not whole", r.name, r.op)
		}
		asks := r.kind == KindRead || r.kind == KindWrite
		if asks && r.request == nil || r.request != nil && !asks && r.kind != KindConnection {
			t.Errorf("%s: a request without a body, or a body without a request", r.name)
		}
		if r.kind == KindWrite != (r.txn != "") && r.kind != KindConnection && r.kind != KindPart && r.op != OpError {
			t.Errorf("%s: writes without a name in the log, or has one and does not write", r.name)
		}
		if r.kind == KindPart && r.part == nil {
			t.Errorf("%s: part of a multi, without a body there", r.name)
		}
		checkPath(t, r)
	}
	for name, op := range constants(t) {
		if !numbers[op] {
			t.Errorf("%s, %d, is not in the table", name, op)
		}
	}
}

// checkPath: a request that has a path begins with it.
func checkPath(t *testing.T, r opRow) {
	body := made(r.request)
	if body == nil {
		body = made(r.part)
	}
	has := false
	if body != nil {
		_, has = reflect.TypeOf(body).Elem().FieldByName("Path")
	}
	if has != (r.path != PathNone) {
		t.Errorf("%s: its path rule is %d, and that it has a path %v", r.name, r.path, has)
	}
	if !has {
		return
	}
	reflect.ValueOf(body).Elem().FieldByName("Path").SetString("/a")
	if b := Marshal(nil, body); !strings.HasPrefix(string(b), "\x00\x00\x00\x02/a") {
		t.Errorf("%s: %x does not begin with the path", r.name, b)
	}
}

// TestOpRecords: the bodies in the table are new each time, and among those that
// TestRoundTrip encodes and decodes.
func TestOpRecords(t *testing.T) {
	known := map[reflect.Type]bool{}
	for _, r := range recordTypes {
		known[reflect.TypeOf(r)] = true
	}
	for _, row := range opTable {
		op := row.op
		for what, make := range map[string]func() Record{
			"request": op.NewRequest, "reply": op.NewReply, "part": op.newPart, "reply in a multi": op.newPartReply,
		} {
			body := make()
			if body == nil {
				continue
			}
			if !known[reflect.TypeOf(body)] {
				t.Errorf("%v, %s: %T is not in recordTypes", op, what, body)
			}
			if _, isEmpty := body.(*Empty); !isEmpty && body == make() {
				t.Errorf("%v, %s: the same one twice", op, what)
			}
			if _, err := Unmarshal(Marshal(nil, body), make()); err != nil {
				t.Errorf("%v, %s: %v", op, what, err)
			}
		}
	}
}

// TestNoOp: what is no opcode has no facts.
func TestNoOp(t *testing.T) {
	for _, op := range []Op{-1 << 31, lowestOp - 1, -12, 10, 99, highestOp, highestOp + 1, 1<<31 - 1} {
		if op.Kind() != KindUnknown || op.NewRequest() != nil || op.newPartReply() != nil || op.ShortName() != "NA" || op.Xid(7) != 7 {
			t.Errorf("%v is something", op)
		}
	}
}

// TestOpFacts: what a table of rows cannot contradict is as ZooKeeper has it.
func TestOpFacts(t *testing.T) {
	for op, want := range map[Op][2]string{
		OpNotification: {"SESS", "notification"}, OpPing: {"PING", "ping"}, OpCreateTTL: {"CREA", "create"}, OpDelete: {"DELE", "delete"},
		OpDeleteContainer: {"NA", "delete"}, OpGetChildren: {"GETC", "getChildren"}, OpGetChildren2: {"GETC", "getChildren2"},
		OpSetWatches2: {"STW2", "setWatches2"}, OpWhoAmI: {"HOMI", "whoAmI"}, OpGetAllChildrenNumber: {"GETACN", "getAllChildrenNumber"},
		OpCloseSession: {"NA", "closeSession"}, OpAuth: {"NA", "auth"}, Op(10): {"NA", "op 10"},
	} {
		if got := [2]string{op.ShortName(), op.TxnName()}; got != want {
			t.Errorf("%v: %q, want %q", op, got, want)
		}
	}
	want := "create delete setData setACL check reconfig multi createSession closeSession error"
	if got := strings.Join(TxnNames(), " "); got != want {
		t.Errorf("transactions are called %s, want %s", got, want)
	}
	if OpPing.Xid(7) != XidPing || OpAuth.Xid(7) != XidAuth || OpSetWatches.Xid(7) != XidSetWatches || OpGetData.Xid(7) != 7 {
		t.Error("the xids are others")
	}
}
