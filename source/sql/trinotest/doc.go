// Package trinotest is a stand-in for Trino in tests: a server of its client
// protocol, written from the public description of that protocol
// (trino.io/docs/current/develop/client-protocol.html). It runs no SQL: a test
// says what a statement gives. It holds the client to the protocol, and fails
// the test where the client leaves it.
package trinotest
