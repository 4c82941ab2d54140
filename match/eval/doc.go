// Package eval measures matching on sets of questions whose right answers are
// known, through the very functions that answer people: Read, Rank and Decide.
package eval
