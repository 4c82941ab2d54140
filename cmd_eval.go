package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"insightbot/match"
	"insightbot/match/eval"
)

// evalCommand measures how well questions find what answers them.
func (a *app) evalCommand() *cobra.Command {
	var catalogue, questions string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval [FOLDER]",
		Short: "Measure how well questions find the insights that answer them",
		Long: `Measure how well questions find the insights that answer them, through the functions that answer people.

A catalogue has lines {"id","title","description","tags":[]}, and questions have lines {"q","relevant":["id"]}; an empty
"relevant" means that nothing saved answers the question, so that it should be refused. With a folder, every folder in it
that holds corpus.jsonl and questions.jsonl is measured, and their mean.`,
		Example: `  insightbot eval --catalogue corpus.jsonl --questions questions.jsonl
  insightbot eval --json ./sets`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o := eval.Options{Index: match.Options{}}
			switch {
			case len(args) == 1 && catalogue == "" && questions == "":
				return a.evalFolder(cmd, args[0], o, asJSON)
			case len(args) == 0 && catalogue != "" && questions != "":
				return a.evalFiles(cmd, catalogue, questions, o, asJSON)
			}
			return usage(errors.New(`eval takes a folder, or --catalogue and --questions; see "insightbot eval --help"`))
		},
	}
	cmd.Flags().StringVar(&catalogue, "catalogue", "", "file of insights, JSON lines")
	cmd.Flags().StringVar(&questions, "questions", "", "file of questions, JSON lines")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func (a *app) evalFiles(cmd *cobra.Command, catalogue, questions string, o eval.Options, asJSON bool) error {
	c, err := os.Open(catalogue)
	if err != nil {
		return usage(err)
	}
	defer c.Close() //nolint:errcheck // only read
	q, err := os.Open(questions)
	if err != nil {
		return usage(err)
	}
	defer q.Close() //nolint:errcheck // only read
	set, err := eval.Load(c, q)
	if err != nil {
		return usage(err)
	}
	set.Name = filepath.Base(questions)
	report := eval.Run(cmd.Context(), set, o)
	if err := cmd.Context().Err(); err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	if asJSON {
		return printJSON(a, report)
	}
	fmt.Fprintln(a.out, report)
	return nil
}

func (a *app) evalFolder(cmd *cobra.Command, dir string, o eval.Options, asJSON bool) error {
	sets, err := eval.LoadFolder(os.DirFS(dir))
	if err != nil {
		return usage(err)
	}
	if len(sets) == 0 {
		return usage(fmt.Errorf("%s has no folder with corpus.jsonl and questions.jsonl", dir))
	}
	reports := eval.RunAll(cmd.Context(), sets, o)
	if err := cmd.Context().Err(); err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	if asJSON {
		return printJSON(a, reports)
	}
	fmt.Fprintln(a.out, reports)
	return nil
}
