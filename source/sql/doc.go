// Package sqlsource makes a database a source of insights. Its insights are
// YAML files that a folder holds (docs/insights.md is their form); their
// statements run read-only, with a deadline and row limits, and everything a
// person can influence is bound as a parameter.
//
// It reads in this order: yaml.go and the read*.go files turn a folder into
// definitions, token.go and template.go check statements, compile.go makes SQL
// of a definition and a query, dialect.go and sqlite.go know the database,
// run.go runs, and trend.go, shapes.go and table.go turn rows into results.
package sqlsource
