//go:build linux

package envtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Postgres starts a PostgreSQL of its own for the test and returns its address
// as a URL without a database: postgres://owner@127.0.0.1:port/. It accepts
// everybody on this machine and ends with the test.
func Postgres(t testing.TB) string {
	t.Helper()
	bin := binary(t, "postgresql", "postgres", "/usr/lib/postgresql/*/bin/postgres")
	if bin == "" {
		return ""
	}
	if real, err := filepath.EvalSymlinks(bin); err == nil {
		bin = real // initdb lies beside it
	}
	owner := unprivileged(t)
	dir := owner.folder(t)
	data := filepath.Join(dir, "data")
	owner.run(t, filepath.Join(filepath.Dir(bin), "initdb"), "-D", data, "-A", "trust", "-U", "owner", "-E", "UTF8", "--no-locale", "--no-sync")
	port := freePort(t)
	owner.serve(t, port, bin, "-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", dir, "-F", "-c", "max_connections=60")
	return fmt.Sprintf("postgres://owner@127.0.0.1:%d/", port)
}

// MariaDB starts a MariaDB of its own for the test and returns its address as a
// DSN of the driver, without a database: root@tcp(127.0.0.1:port)/. It ends
// with the test.
func MariaDB(t testing.TB) string {
	t.Helper()
	bin := binary(t, "mariadb-server", "mariadbd", "/usr/sbin/mariadbd")
	if bin == "" {
		return ""
	}
	owner := unprivileged(t)
	dir := owner.folder(t)
	data := filepath.Join(dir, "data")
	owner.run(t, binary(t, "mariadb-server", "mariadb-install-db", "/usr/bin/mariadb-install-db"),
		"--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	port := freePort(t)
	owner.serve(t, port, bin, "--no-defaults", "--datadir="+data, "--bind-address=127.0.0.1", "--port="+strconv.Itoa(port),
		"--socket="+filepath.Join(dir, "mariadb.sock"), "--pid-file="+filepath.Join(dir, "mariadb.pid"), "--skip-name-resolve",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M")
	return fmt.Sprintf("root@tcp(127.0.0.1:%d)/", port)
}

// ClickHouse starts a ClickHouse of its own for the test and returns the address
// of its native protocol: clickhouse://127.0.0.1:port. It ends with the test.
func ClickHouse(t testing.TB) string {
	t.Helper()
	bin := binary(t, "clickhouse-server", "clickhouse-server", "/usr/bin/clickhouse-server", "/usr/sbin/clickhouse-server")
	if bin == "" {
		return ""
	}
	owner := unprivileged(t)
	dir := owner.folder(t)
	port, web := freePort(t), freePort(t)
	config := filepath.Join(dir, "config.xml")
	owner.write(t, config, fmt.Sprintf(`<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <tcp_port>%d</tcp_port><http_port>%d</http_port><listen_host>127.0.0.1</listen_host>
  <path>%[3]s/data/</path><tmp_path>%[3]s/tmp/</tmp_path><users_config>%[3]s/users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database><timezone>UTC</timezone>
  <mark_cache_size>67108864</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
</yandex>
`, port, web, dir))
	owner.write(t, filepath.Join(dir, "users.xml"), `<yandex>
  <profiles><default/></profiles>
  <users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default/></quotas>
</yandex>
`)
	owner.serve(t, port, bin, "--config-file="+config)
	return fmt.Sprintf("clickhouse://127.0.0.1:%d", port)
}

// binary returns the path of a program. Without it the test is skipped, or
// fails where servers are required.
func binary(t testing.TB, debian, name string, places ...string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, place := range places {
		if found, err := filepath.Glob(place); err == nil && len(found) > 0 {
			return found[len(found)-1]
		}
	}
	missing(t, RequireServersVar, name+" is not installed (Debian's package "+debian+")")
	return ""
}

// account is who runs a server: database servers refuse root.
type account struct {
	credential *syscall.Credential
}

// unprivileged is the user of the test, or nobody where that is root.
func unprivileged(t testing.TB) account {
	t.Helper()
	if os.Getuid() != 0 {
		return account{}
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	id, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return account{&syscall.Credential{Uid: uint32(id), Gid: uint32(id), NoSetGroups: true}}
}

// folder makes a folder of the account, with a short path: sockets need one.
func (a account) folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "insightbot-server-") //nolint:usetesting // another account has to reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // what stays is in the temporary folder
	a.own(t, dir)
	return dir
}

func (a account) own(t testing.TB, path string) {
	t.Helper()
	if a.credential == nil {
		return
	}
	if err := os.Chown(path, int(a.credential.Uid), int(a.credential.Gid)); err != nil {
		t.Fatal(err)
	}
}

func (a account) write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a.own(t, path)
}

// command is a program of the account that gets nothing of the test's own
// environment and dies with the test.
func (a account) command(ctx context.Context, out *bytes.Buffer, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = out, out
	// It dies with the thread that started it, and so with a test that is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential, Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (a account) run(t testing.TB, name string, args ...string) {
	t.Helper()
	runtime.LockOSThread() // see command
	defer runtime.UnlockOSThread()
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), serverPatience)
	defer cancel()
	if err := a.command(ctx, &out, name, args...).Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out.Bytes())
	}
}

// serve starts a server and waits until it accepts connections on a port.
func (a account) serve(t testing.TB, port int, name string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background()) //nolint:usetesting // it ends in a clean-up, after that context
	cmd := a.command(ctx, &out, name, args...)
	ended := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // see command
		defer runtime.UnlockOSThread()
		ended <- cmd.Run()
	}()
	t.Cleanup(func() {
		cancel()
		<-ended //nolint:errcheck // it was killed
	})
	deadline := time.Now().Add(serverPatience)
	for time.Now().Before(deadline) {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			conn.Close() //nolint:errcheck // it was only knocked at
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", name, err, out.Bytes())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("%s did not start within %s", name, serverPatience)
}

// freePort is a port that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // it was only asked for a port
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("listens on %v", l.Addr())
	}
	return addr.Port
}
