// Package match finds the saved insight that a question in everyday words
// means, reads the period, comparison, breakdown and filters it asks for, and
// knows when there is no such insight. It is made of pure functions and one
// immutable index; it never sees an insight that its caller may not see.
package match
