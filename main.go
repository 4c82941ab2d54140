// Insightbot is a chat bot that gives a whole company safe answers from its
// analytics, where it already talks. This package is the command line and the
// wiring; nothing imports it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // so that zones work on machines without a zone database

	"github.com/spf13/cobra"

	"insightbot/text"
)

// The exit codes of the program.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitNoAnswer = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks to finish, a second one ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// app is what every command shares.
type app struct {
	getenv      func(string) string
	in          io.Reader
	out, errOut io.Writer

	// The persistent flags.
	configFile, data string
}

// run is the program without its process, and returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out, errOut io.Writer) int {
	a := &app{getenv: getenv, in: in, out: out, errOut: errOut}
	root := a.root() //nolint:contextcheck // cobra hands the context to the command
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var coded *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(errOut, "insightbot: stopped; nothing is half done, the next start goes on")
		return exitFailed
	case errors.As(err, &coded):
		if coded.err != nil {
			fmt.Fprintln(errOut, "insightbot:", plainLines(coded.err.Error()))
		}
		return coded.code
	default:
		fmt.Fprintln(errOut, "insightbot:", plainLines(err.Error()))
		return exitFailed
	}
}

// plainLines is text from outside that may be printed on a terminal: without
// anything that could drive it.
func plainLines(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, text.Clean(line))
	}
	return strings.Join(lines, "\n")
}

// exitError ends the program with a code; err is printed when it is set.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return fmt.Sprintf("exit %d: %v", e.code, e.err) }

func (e *exitError) Unwrap() error { return e.err }

// usage makes an error one of wrong usage.
func usage(err error) error { return &exitError{code: exitUsage, err: err} }

// root is the command line. Without a command it serves.
func (a *app) root() *cobra.Command {
	serve := a.serveCommand()
	root := &cobra.Command{
		Use:   "insightbot",
		Short: "Safe answers from your analytics, where your company already talks",
		Long: `Insightbot answers questions from saved insights, with a finding, a chart, its caveats, its owner and its freshness.
Without a command it serves: the playground opens at http://localhost:8080, over a demo company until you name sources of
your own in insightbot.yml.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing saved answers the question.`,
		Example: `  insightbot
  insightbot ask "how many people signed up last week by country?"
  insightbot chat`,
		Args:          noCommandArgs,
		RunE:          serve.RunE,
		SilenceErrors: true, SilenceUsage: true,
	}
	root.Flags().AddFlagSet(serve.Flags())
	root.PersistentFlags().StringVar(&a.configFile, "config", "", "settings file (default insightbot.yml in this directory, if there is one)")
	root.PersistentFlags().StringVar(&a.data, "data", "", "directory of the bot's own files (default insightbot-data)")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(serve, a.askCommand(), a.chatCommand(), a.parseCommand(), a.insightsCommand(), a.accessCommand(), a.auditCommand(),
		a.privacyCommand(), a.signinCommand(), a.syncCommand(), a.evalCommand(), a.slackCommand(), a.doctorCommand(), a.versionCommand())
	return root
}

// noCommandArgs refuses words that are no command, and names the nearest.
func noCommandArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	hint := `; see "insightbot --help"`
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("; did you mean %q?", near[0])
	}
	return usage(fmt.Errorf("there is no command %q%s", args[0], hint))
}

// exactly is the number of arguments a command takes, as a usage error.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(fmt.Errorf("%s takes %s; see %q", cmd.Name(), what, cmd.CommandPath()+" --help"))
		}
		return nil
	}
}

// settings reads the configuration, with the persistent flags over it.
func (a *app) settings() (config, error) {
	c, err := loadConfig(a.configFile, a.getenv)
	if err != nil {
		return config{}, usage(err)
	}
	if a.data != "" {
		c.Data = a.data
	}
	return c, nil
}
