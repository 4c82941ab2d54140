package envtest_test

import (
	"net"
	"net/url"
	"regexp"
	"testing"

	"insightbot/envtest"
)

func TestServers_StartAndEndWithTheirTest(t *testing.T) {
	port := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	for name, start := range map[string]func(testing.TB) string{
		"PostgreSQL": envtest.Postgres, "MariaDB": envtest.MariaDB, "ClickHouse": envtest.ClickHouse,
	} {
		var addr string
		t.Run(name, func(t *testing.T) {
			addr = port.FindString(start(t))
			if err := knock(t, addr); err != nil {
				t.Fatalf("%s does not answer: %v", addr, err)
			}
		})
		if addr != "" && knock(t, addr) == nil {
			t.Errorf("%s is still there after its test", name)
		}
	}
}

// knock connects to an address and goes again.
func knock(t *testing.T, addr string) error {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

func TestInDatabase_KeepsTheServer(t *testing.T) {
	u, err := url.Parse(envtest.InDatabase(t, "postgres://owner@127.0.0.1:1/", "shop"))
	if err != nil || u.Path != "/shop" || u.Host != "127.0.0.1:1" || u.User.Username() != "owner" {
		t.Errorf("got %v, %v", u, err)
	}
}
