package dgraphtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
)

// bulk makes the folders of the alphas out of bulk files. It asks the zero that
// the alphas will ask: the uids that it gives them must be given to nobody else.
func (c *Cluster) bulk(ctx context.Context) error {
	out := filepath.Join(c.Dir, "bulk")
	log, err := os.OpenFile(filepath.Join(c.Dir, "bulk.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	groups := strconv.Itoa(c.shape.Groups)
	cmd := exec.CommandContext(ctx, c.binary, "bulk",
		"--files", filepath.Join(c.shape.Bulk, "quads"), "--schema", filepath.Join(c.shape.Bulk, "schema"), "--format", "rdf",
		"--map_shards", groups, "--reduce_shards", groups, "--zero", c.Zeros[0].addr(zeroGRPC), "--http", "127.0.0.1:0", "-j", strconv.Itoa(runtime.GOMAXPROCS(0)),
		"--out", out, "--tmp", filepath.Join(c.Dir, "bulk.tmp"), "--bindall=false")
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, c.Dir
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("dgraph bulk, see %s: %w", log.Name(), err)
	}
	for i := range c.shape.Groups * c.shape.Replicas {
		// The first alphas are those of the first group.
		from, to := filepath.Join(out, strconv.Itoa(i/c.shape.Replicas), "p"), filepath.Join(c.Dir, "alpha"+strconv.Itoa(i+1), "p")
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(out), ctx.Err())
}
