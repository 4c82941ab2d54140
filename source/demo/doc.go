// Package demo is the source that comes with the bot: the books of Fernfold,
// a company that does not exist and shares files for a living. It makes
// eighteen months of accounts, events, payments and outages up to now into a
// SQLite file on the first start, adds the missing days on every later one,
// and answers more than seventy saved insights over it, written in the same
// YAML a user would write.
//
// Every day is a pure function of the calendar, a fixed seed and the story the
// file was begun with, so that a file that was filled day by day, or killed in
// the middle and continued, holds the same rows as one made at once.
package demo
