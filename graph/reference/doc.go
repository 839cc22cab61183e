// Package reference is cayley's memstore behind store.Store: slow and simple,
// what other stores are compared with in tests.
//
// A change ends in a new memstore, and the one before stays as it was for
// whoever reads it. Terms that memstore writes alike, such as cayley's native
// 7 and the typed literal of it, are one term here.
package reference
