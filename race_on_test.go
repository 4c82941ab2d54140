//go:build race

package main

// raceOn says that the race detector looks on, which takes many times as long.
const raceOn = true
