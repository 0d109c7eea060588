// Package imports holds the rules of who may import whom: arrows go down only, from
// cmd over tui, roles and shell to session and wire. There is nothing in it but the
// test that reads the source and says which import breaks which rule.
package imports
