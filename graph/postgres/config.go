package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"parley/graph/store"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DefaultSchema is where the tables are where the URL names no schema.
const DefaultSchema = "parley"

// oldest is the oldest PostgreSQL that will do: the first to tell the fate of
// a transaction by its 64-bit number, and to vacuum tables that only grow.
const oldest = 13

// config is what a URL says.
type config struct {
	pool   *pgxpool.Config
	schema string
}

var errWrite = errors.New("write postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME, and in a password each of % / ? # @ as % and two hex digits")

// parseURL reads a URL. Its errors do not quote it: who mistypes a password must
// not find it in a log.
func parseURL(raw string) (*config, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, fmt.Errorf("that is no URL of a PostgreSQL database: %w", errWrite)
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("the parameters of the URL, after its question mark, cannot be read: %w", errWrite)
	}
	c := &config{schema: DefaultSchema}
	if q.Has("schema") {
		c.schema = q.Get("schema")
		q.Del("schema")
	}
	if c.schema == "" || len(c.schema) > 63 || strings.HasPrefix(c.schema, "pg_") || strings.ContainsRune(c.schema, 0) {
		return nil, fmt.Errorf("schema=%s: no schema can be called that; name one of 1 to 63 bytes that does not begin with pg_", c.schema)
	}
	own := q.Has("pool_max_conns")
	u.RawQuery = q.Encode()
	if c.pool, err = pgxpool.ParseConfig(u.String()); err != nil {
		return nil, errors.New(plain(err, u, q))
	}
	if !own {
		c.pool.MaxConns = int32(max(8, 2*runtime.NumCPU()))
	}
	if c.pool.ConnConfig.ConnectTimeout == 0 {
		c.pool.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	if c.pool.ConnConfig.RuntimeParams["application_name"] == "" {
		c.pool.ConnConfig.RuntimeParams["application_name"] = "parley"
	}
	c.pool.AfterConnect = prepare
	return c, nil
}

// plain is an error of pgx about a URL, without the URL and its passwords.
func plain(err error, u *url.URL, q url.Values) string {
	text := err.Error()
	if _, after, ok := strings.Cut(text, "`: "); ok {
		text = after
	}
	password, _ := u.User.Password()
	for _, secret := range []string{password, url.QueryEscape(password), q.Get("password"), q.Get("sslpassword")} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "xxxxx")
		}
	}
	return store.Redact(text)
}

// place names the database for messages.
func (c *config) place() string {
	conn := c.pool.ConnConfig
	host := conn.Host
	if !strings.HasPrefix(host, "/") {
		host += ":" + strconv.Itoa(int(conn.Port))
	}
	return fmt.Sprintf("database %q at %s", conn.Database, host)
}

// lock is the key of the lock that a change of the schema takes.
func (c *config) lock() int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("parley writes " + c.schema))
	return int64(h.Sum64())
}

// settings of each session. Every statement of ours walks along indexes, whatever
// the numbers asked for, so planning once will do; compiling a plan, and starting
// workers for it, takes longer than most statements.
const settings = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off; SET max_parallel_workers_per_gather = 0"

// prepare makes a new connection ready.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	version := conn.PgConn().ParameterStatus("server_version")
	digits := strings.IndexFunc(version+" ", func(r rune) bool { return r < '0' || r > '9' }) // "15.18 (Debian …)", "18beta1"
	if major, err := strconv.Atoi(version[:digits]); err != nil || major < oldest {
		return &versionError{version}
	}
	registerArrays(conn.TypeMap())
	_, err := conn.Exec(ctx, settings)
	return err
}

// versionError is a server that will not do.
type versionError struct{ version string }

func (e *versionError) Error() string {
	return fmt.Sprintf("the server is PostgreSQL %s; this program needs %d or newer: upgrade it with pg_upgrade, or name another server", e.version, oldest)
}
