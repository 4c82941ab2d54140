package demo

import (
	_ "embed" // the rules are a part of the demo
	"slices"
)

// rules says who may see what at Fernfold.
//
//go:embed access.yml
var rules []byte

// Access is who may see what at Fernfold, in the form of an access.yml: for
// the workspace “demo” of the platform “web”, and the people and channels of
// People and Channels.
func Access() []byte { return slices.Clone(rules) }
