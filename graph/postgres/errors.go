package postgres

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"parley/graph/store"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
)

// ErrUnknown is a change of which it could not be found out whether it was kept:
// look before making it again. A load may just be made again.
var ErrUnknown = errors.New("it is not known whether the change was kept")

// failure is an error of the server, or of the way to it, with what is to be
// done about it.
type failure struct {
	what string
	err  error
}

func (f *failure) Error() string { return f.what + ": " + f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// explain makes an error of pgx one that says what to do, and that of ctx where
// ctx ended.
func (c *config) explain(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if errors.Is(err, puddle.ErrClosedPool) {
		return store.ErrClosed
	}
	if errors.Is(err, store.ErrNoStore) || errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrNotEmpty) {
		return err
	}
	var done *failure
	if errors.As(err, &done) {
		return err
	}
	if isMissing(err) {
		return c.noStore()
	}
	what := c.advice(err)
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		// It holds the configuration, which no message needs.
		err = connect.Unwrap()
	}
	if what == "" {
		return fmt.Errorf("%s in %s: %w", doing, c.place(), err)
	}
	return &failure{fmt.Sprintf("%s in %s: %s", doing, c.place(), what), err}
}

// advice says what is wrong and what would be right, "" where it is not known.
func (c *config) advice(err error) string {
	conn := c.pool.ConnConfig
	var server *pgconn.PgError
	var noName *net.DNSError
	var certificate *x509.UnknownAuthorityError
	var tooOld *versionError
	switch {
	case errors.As(err, &server):
		return c.serverAdvice(server)
	case errors.As(err, &noName):
		return fmt.Sprintf("no host is called %q; look at the host in the URL", noName.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing listens on port %d of %s; start the server, or look at host and port in the URL and at listen_addresses in postgresql.conf", conn.Port, conn.Host)
	case errors.Is(err, syscall.ENOENT) && strings.HasPrefix(conn.Host, "/"):
		return fmt.Sprintf("no server has its socket in %s; start it, or look at host and port in the URL", conn.Host)
	case errors.As(err, &certificate):
		return "the server's certificate is signed by nobody whom this machine trusts; name the authority's file as sslrootcert in the URL"
	case errors.As(err, &tooOld):
		return "the server is too old"
	case strings.Contains(err.Error(), "server refused TLS"):
		return "the server speaks no TLS, which the URL's sslmode asks for; set ssl = on in postgresql.conf, or write sslmode=disable if the way to it is safe"
	case isTimeout(err):
		return fmt.Sprintf("no answer from port %d of %s; look at host and port in the URL and at firewalls on the way", conn.Port, conn.Host)
	case isLost(err):
		return "the connection was lost; the server's log tells why, if it was the server"
	}
	return ""
}

func (c *config) serverAdvice(err *pgconn.PgError) string {
	conn := c.pool.ConnConfig
	switch err.Code {
	case "28P01", "28000":
		return fmt.Sprintf("the server does not let user %q in; look at user and password in the URL (or PGPASSWORD, or ~/.pgpass), and at pg_hba.conf", conn.User)
	case "3D000":
		return fmt.Sprintf("there is no database %q; look at its name in the URL, or make it: createdb %s", conn.Database, conn.Database)
	case "42501":
		if strings.HasPrefix(err.Message, "must be owner") {
			return fmt.Sprintf("user %q may not do this: only the role that owns the tables may", conn.User)
		}
		return fmt.Sprintf("user %q may not do this; whoever owns the schema may allow it: to read, %s; to load, %s", conn.User, c.readGrants(conn.User), c.loadGrants(conn.User))
	case "53100":
		return "the server's disk is full; nothing of the change was kept: make room where its log says, then do it again"
	case "53200":
		return "the server has no memory left; lower work_mem or maintenance_work_mem, or give it more"
	case "53300":
		return "the server has no connection left; raise max_connections, or lower pool_max_conns in the URLs of its clients"
	case "XX001", "XX002":
		return "the server found damage in its files; look at its disk, and restore a backup, or load the sources into a new store"
	case "25006":
		return "the server only reads, as a standby does, or a role with default_transaction_read_only; name the primary server in the URL to write"
	case "57P01", "57P02":
		return "the server was stopped"
	case "57P03":
		return "the server is starting or stopping; try again in a moment"
	}
	return ""
}

// readGrants are what a role needs to read, loadGrants to load.
func (c *config) readGrants(role string) string {
	return fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT ON ALL TABLES IN SCHEMA %[1]s TO %[2]s", quote(c.schema), quote(role))
}

func (c *config) loadGrants(role string) string {
	return fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %[1]s TO %[2]s", quote(c.schema), quote(role))
}

// hasCode tells whether the server answered with one of some SQLSTATEs.
func hasCode(err error, codes ...string) bool {
	var server *pgconn.PgError
	if !errors.As(err, &server) {
		return false
	}
	for _, code := range codes {
		if server.Code == code {
			return true
		}
	}
	return false
}

// isMissing tells whether a table or schema of ours is not there.
func isMissing(err error) bool { return hasCode(err, "42P01", "3F000") }

// noStore says that no tables are there.
func (c *config) noStore() error {
	return fmt.Errorf("schema %q of %s: %w", c.schema, c.place(), store.ErrNoStore)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// isLost tells whether the connection ended, be it that the server said so.
func isLost(err error) bool {
	if hasCode(err, "57P01", "57P02", "57P03", "08000", "08003", "08006") {
		return true
	}
	var broken *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.As(err, &broken) && !broken.Timeout()
}

// mayRetry tells whether a reading may just be tried again.
func mayRetry(err error) bool {
	return isLost(err) || pgconn.SafeToRetry(err) || hasCode(err, "40001", "40P01")
}
