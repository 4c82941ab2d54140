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
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatalf("%s does not answer: %v", addr, err)
			}
			conn.Close()
		})
		if conn, err := net.Dial("tcp", addr); addr != "" && err == nil {
			conn.Close()
			t.Errorf("%s is still there after its test", name)
		}
	}
}

func TestInDatabase_KeepsTheServer(t *testing.T) {
	u, err := url.Parse(envtest.InDatabase(t, "postgres://owner@127.0.0.1:1/", "shop"))
	if err != nil || u.Path != "/shop" || u.Host != "127.0.0.1:1" || u.User.Username() != "owner" {
		t.Errorf("got %v, %v", u, err)
	}
}
