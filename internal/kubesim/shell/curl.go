package shell

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/interp"
)

const (
	curlVersion  = "8.16.0"
	roundTrip    = 50 * time.Millisecond // of a request that is answered
	kernelGaveUp = 127 * time.Second     // Linux's default of six retries for a connection without an answer
)

// curlOptions are the options that are simulated.
type curlOptions struct {
	silent, showError, fail    bool
	globOff                    bool
	maxTime, connectTimeout    time.Duration
	output, writeOut, agent    string
	url                        string
	followed, noKeepAlive, ip4 bool // without effect here: no redirects, a new connection for every URL, IPv4 only
}

// transfer is what a curl run came to.
type transfer struct {
	exit    int
	message string
	answer  Answer
	elapsed time.Duration
}

func curl(c *call, args []string) error {
	o := curlOptions{agent: "curl/" + curlVersion}
	if err := o.parse(args); err != nil {
		fmt.Fprintf(c.err, "curl: %v\ncurl: try 'curl --help' for more information\n", err)
		return interp.ExitStatus(2)
	}
	if o.url == "" {
		fmt.Fprintf(c.err, "curl: (2) no URL specified\n")
		return interp.ExitStatus(2)
	}
	urls := []string{o.url}
	if !o.globOff {
		var err error
		if urls, err = glob(o.url); err != nil {
			fmt.Fprintf(c.err, "curl: (3) %v\n", err)
			return interp.ExitStatus(3)
		}
	}
	var err error
	for _, o.url = range urls { // curl's exit code is that of the last one
		if err = c.fetch(&o); errors.Is(err, errStays) {
			return err
		}
	}
	return err
}

// fetch gets one URL.
func (c *call) fetch(o *curlOptions) error {
	t := c.transfer(o)
	stays := c.wait(t.elapsed)
	if t.exit == 0 {
		c.store(o, &t)
	}
	if t.exit != 0 && (!o.silent || o.showError) {
		fmt.Fprintf(c.err, "curl: (%d) %s\n", t.exit, t.message)
	}
	if o.writeOut != "" {
		if err := c.print(writeOut(o, &t)); err != nil {
			return err
		}
	}
	if stays != nil {
		return stays
	}
	if t.exit != 0 {
		return interp.ExitStatus(uint8(t.exit))
	}
	return nil
}

func (c *call) transfer(o *curlOptions) transfer {
	request, fault := parseURL(o.url, o.agent)
	if fault.exit != 0 {
		return fault
	}
	t := transfer{answer: c.Network.Request(request), elapsed: roundTrip}
	switch t.answer.Outcome {
	case Responded:
		if o.fail && t.answer.Status >= 400 {
			t.exit, t.message = 22, fmt.Sprintf("The requested URL returned error: %d", t.answer.Status)
		}
	case Unresolved:
		t.exit, t.message = 6, "Could not resolve host: "+request.Host
	case Reset:
		t.exit, t.message = 35, "Recv failure: Connection reset by peer"
	case Refused:
		t.exit = 7
		t.message = fmt.Sprintf("Failed to connect to %s port %d: %s", request.Host, request.Port, t.answer.Reason)
	case Silent:
		t.exit = 28
		t.elapsed, t.message = o.giveUp(request)
	}
	return t
}

// giveUp is when curl stops to wait for a connection, and its words then.
func (o *curlOptions) giveUp(r Request) (time.Duration, string) {
	after := kernelGaveUp
	limited := false
	for _, limit := range []time.Duration{o.maxTime, o.connectTimeout} {
		if limit > 0 && limit < after {
			after, limited = limit, true
		}
	}
	if !limited {
		return after, fmt.Sprintf("Failed to connect to %s port %d after %d ms: Could not connect to server",
			r.Host, r.Port, after.Milliseconds())
	}
	return after, fmt.Sprintf("Connection timed out after %d milliseconds", after.Milliseconds()+1)
}

// store writes the body to where it belongs.
func (c *call) store(o *curlOptions, t *transfer) {
	if o.output == "" || o.output == "-" {
		if c.print(t.answer.Body) != nil {
			t.exit, t.message = 23, "Failure writing output to destination"
		}
		return
	}
	file, err := c.Files.open(o.output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err == nil {
		_, err = file.Write([]byte(t.answer.Body))
	}
	if err != nil {
		fmt.Fprintf(c.err, "curl: Failed to open the file %s\n", o.output)
		t.exit, t.message = 23, "Failure writing output to destination"
	}
}

func parseURL(text, agent string) (Request, transfer) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	malformed := func(why string) (Request, transfer) {
		return Request{}, transfer{exit: 3, message: "URL rejected: " + why}
	}
	u, err := url.Parse(text)
	if err != nil {
		return malformed("Malformed input to a URL function")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	port := map[string]uint16{"http": 80, "https": 443}[u.Scheme]
	if port == 0 {
		return Request{}, transfer{exit: 1, message: fmt.Sprintf("Protocol %q not supported", u.Scheme)}
	}
	host := u.Hostname()
	if host == "" {
		return malformed("No host part in the URL")
	}
	if !validHost(host) {
		return malformed("Bad hostname")
	}
	if text := u.Port(); text != "" {
		number, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return malformed("Port number was not a decimal number between 0 and 65535")
		}
		port = uint16(number)
	}
	path := u.RequestURI()
	return Request{Scheme: u.Scheme, Host: host, Port: port, Path: path, UserAgent: agent}, transfer{}
}

func validHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-._") == ""
}
