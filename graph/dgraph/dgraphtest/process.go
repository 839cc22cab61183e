package dgraphtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Process is a zero or an alpha. It listens on 127.0.0.1, on ports that lie so
// far above Dgraph's own as offset tells.
type Process struct {
	Name   string
	dir    string
	binary string
	args   []string
	offset int
	zero   bool

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{}
}

// Dgraph's ports, to which a process adds its offset.
const (
	zeroGRPC, zeroHTTP              = 5080, 6080
	alphaOwn, alphaHTTP, alphaGRPC  = 7080, 8080, 9080
	leastOffset, offsets, offsetGap = 1000, 40000, 7
)

var nextOffset = struct {
	sync.Mutex
	n int
}{n: os.Getpid() * 61 % offsets}

// freeOffset finds an offset with which all of some ports are free.
func freeOffset(ports []int) (int, error) {
	nextOffset.Lock()
	defer nextOffset.Unlock()
	for range offsets / offsetGap {
		nextOffset.n = (nextOffset.n + offsetGap) % offsets
		offset := leastOffset + nextOffset.n
		free := true
		for _, port := range ports {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+offset))
			if err != nil {
				free = false
				break
			}
			_ = l.Close()
		}
		if free {
			return offset, nil
		}
	}
	return 0, errors.New("no ports are free on 127.0.0.1")
}

func (p *Process) addr(port int) string { return "127.0.0.1:" + strconv.Itoa(port+p.offset) }

// Addr is where an alpha answers questions.
func (p *Process) Addr() string { return p.addr(alphaGRPC) }

// HTTP is where the process answers HTTP.
func (p *Process) HTTP() string {
	if p.zero {
		return p.addr(zeroHTTP)
	}
	return p.addr(alphaHTTP)
}

// Start starts a process that does not run. What it says goes to the file log in
// its folder.
func (p *Process) Start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	log, err := os.OpenFile(filepath.Join(p.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(p.binary, append(p.args, "--bindall=false", "--port_offset", strconv.Itoa(p.offset), "--telemetry", "reports=false; sentry=false")...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, p.dir
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(done)
	}()
	p.cmd, p.done = cmd, done
	return nil
}

// Kill kills a process as a crash would, and waits until it is gone.
func (p *Process) Kill() error { return p.signal(syscall.SIGKILL, time.Minute) }

// Stop lets a process end by itself, for a while.
func (p *Process) Stop() error {
	if err := p.signal(syscall.SIGTERM, 15*time.Second); err != nil {
		return p.Kill()
	}
	return nil
}

func (p *Process) signal(s syscall.Signal, within time.Duration) error {
	p.mu.Lock()
	cmd, done := p.cmd, p.done
	p.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	select {
	case <-done:
	case <-time.After(within):
		return fmt.Errorf("%s still runs %s after %v", p.Name, within, s)
	}
	p.mu.Lock()
	p.cmd = nil
	p.mu.Unlock()
	return nil
}

// Running tells whether a process runs.
func (p *Process) Running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}
