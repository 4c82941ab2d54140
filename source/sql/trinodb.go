package sqlsource

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/trinodb/trino-go-client/trino"
)

// trinoPatience is how long a request is tried again that a proxy in front of
// Trino refused, or that found nobody.
const trinoPatience = 2 * time.Second

// openTrino makes a pool for a Trino. A statement goes in the body of a request,
// not in a header, which Trino bounds; that is EXECUTE IMMEDIATE, of Trino 418.
func openTrino(c Config) (*sql.DB, error) {
	wrong := errors.New("the address is not one of Trino, such as https://reader:password@trino.example:8443?catalog=hive&schema=shop")
	address, err := url.Parse(c.DSN.Reveal())
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, wrong
	}
	if _, ok := address.User.Password(); ok && address.Scheme != "https" {
		return nil, errors.New("a password goes over https alone")
	}
	given, err := trino.ParseDSN(c.DSN.Reveal())
	if err != nil {
		return nil, wrong
	}
	if given.SSLVerification == trino.SSLVerificationNone && !sameMachine(address.Host) {
		return nil, errors.New("SSLVerification=NONE is only for this machine: name the certificates with ca_file")
	}
	if given.ExternalAuthentication {
		return nil, errors.New("externalAuthentication needs a person in front of a browser: use a password or an access token")
	}
	if c.CAFile != "" {
		if _, err := certificates(c.CAFile); err != nil {
			return nil, err
		}
		given.SSLCertPath, given.SSLCert = c.CAFile, ""
	}
	client, err := trinoClient(c, given, address)
	if err != nil {
		return nil, err
	}
	given.HTTPClient, given.Source, given.TimeZone = client, "insightbot", "UTC"
	given.DisableExplicitPrepare = !address.Query().Has("explicitPrepare") || given.DisableExplicitPrepare
	limit, patience := c.Timeout, trinoPatience
	given.QueryTimeout, given.RequestRetryTimeout = &limit, &patience
	if given.SessionProperties == nil {
		given.SessionProperties = map[string]string{}
	}
	given.SessionProperties["query_max_run_time"] = fmt.Sprintf("%dms", c.Timeout.Milliseconds())
	connector, err := trino.NewConnector(given)
	if err != nil {
		return nil, errors.New("the settings of the address are not understood")
	}
	return sql.OpenDB(connector), nil
}

// trinoClient is how requests are sent. What the address says of certificates
// and proxies moves from the driver's settings into it.
func trinoClient(c Config, given *trino.Config, address *url.URL) (*http.Client, error) {
	secure, err := given.TLSConfig()
	if err != nil {
		return nil, errors.New("the certificates that the address names cannot be read")
	}
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("the HTTP transport of this program is another one")
	}
	t = t.Clone()
	t.DialContext = (&net.Dialer{Timeout: connectLimit}).DialContext
	t.TLSClientConfig, t.TLSHandshakeTimeout = secure, connectLimit
	switch {
	case given.HTTPProxy != "":
		t.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: given.HTTPProxy})
	case given.SOCKSProxy != "":
		t.Proxy = http.ProxyURL(&url.URL{Scheme: "socks5", Host: given.SOCKSProxy})
	}
	given.HTTPProxy, given.SOCKSProxy, given.CustomClientName = "", "", ""
	given.SSLCertPath, given.SSLCert, given.SSLVerification = "", "", ""
	given.SSLClientCertPath, given.SSLClientCert, given.SSLClientKeyPath, given.SSLClientKey = "", "", "", ""
	// One answer is one page of the rows, as JSON, which is longer than they are.
	const pages = 8
	return &http.Client{Transport: trinoTransport{
		next: t, to: *address, most: int64(pages * c.MaxBytes), tags: slices.Clone(given.ClientTags),
	}}, nil
}
