package shell

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// longNames maps curl's long options to their letters; those without a letter have one that curl does not use.
var longNames = map[string]byte{
	"silent": 's', "show-error": 'S', "max-time": 'm', "connect-timeout": '(', "output": 'o', "write-out": 'w',
	"user-agent": 'A', "fail": 'f', "location": 'L', "no-keepalive": ')', "ipv4": '4', "url": '!',
	"no-progress-meter": ')', "globoff": 'g',
}

// parse reads a command line as curl does: letters may be joined, and a value may follow its letter at once.
func (o *curlOptions) parse(args []string) error {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			if err := o.set('!', arg); err != nil {
				return err
			}
			continue
		}
		letters := arg[1:]
		if name, long := strings.CutPrefix(arg, "--"); long {
			letter, known := longNames[name]
			if !known {
				return fmt.Errorf("option %s: is unknown", arg)
			}
			letters = string(letter)
		}
		for j := range len(letters) {
			letter := letters[j]
			if !strings.ContainsRune("m(owA!", rune(letter)) {
				if err := o.flag(letter, arg); err != nil {
					return err
				}
				continue
			}
			value := letters[j+1:]
			if value == "" {
				i++
				if i >= len(args) {
					return fmt.Errorf("option %s: requires parameter", arg)
				}
				value = args[i]
			}
			if err := o.set(letter, value); err != nil {
				return fmt.Errorf("option %s: %w", arg, err)
			}
			break
		}
	}
	return nil
}

func (o *curlOptions) flag(letter byte, arg string) error {
	switch letter {
	case 's':
		o.silent = true
	case 'S':
		o.showError = true
	case 'f':
		o.fail = true
	case 'g':
		o.globOff = true
	case 'L':
		o.followed = true
	case '4':
		o.ip4 = true
	case ')':
		o.noKeepAlive = true
	default:
		return fmt.Errorf("option %s: is unknown", arg)
	}
	return nil
}

func (o *curlOptions) set(letter byte, value string) error {
	switch letter {
	case 'm', '(':
		number, err := strconv.ParseFloat(value, 64)
		if err != nil || !(number >= 0 && number < 1e6) {
			return errors.New("expected a proper numerical parameter")
		}
		d := time.Duration(number * float64(time.Second))
		if letter == 'm' {
			o.maxTime = d
		} else {
			o.connectTimeout = d
		}
	case 'o':
		o.output = value
	case 'w':
		o.writeOut = value
	case 'A':
		o.agent = value
	case '!':
		if o.url != "" {
			return fmt.Errorf("more than one URL in one call is not simulated (got %s and %s)", o.url, value)
		}
		o.url = value
	}
	return nil
}

// writeOut expands --write-out's format.
func writeOut(o *curlOptions, t *transfer) string {
	status := 0
	if t.answer.Outcome == Responded {
		status = t.answer.Status
	}
	values := map[string]string{
		"http_code": fmt.Sprintf("%03d", status), "response_code": fmt.Sprintf("%03d", status),
		"exitcode": strconv.Itoa(t.exit), "errormsg": t.message, "url": o.url, "url_effective": o.url,
		"size_download": strconv.Itoa(len(t.answer.Body)), "content_type": t.answer.Type, "num_redirects": "0",
		"time_total": fmt.Sprintf("%.6f", t.elapsed.Seconds()),
	}
	var out strings.Builder
	format := o.writeOut
	for i := 0; i < len(format); i++ {
		rest := format[i:]
		switch {
		case strings.HasPrefix(rest, "%{"):
			end := strings.IndexByte(rest, '}')
			if end < 0 {
				out.WriteString("%{")
				i++
				continue
			}
			out.WriteString(values[rest[2:end]])
			i += end
		case strings.HasPrefix(rest, "%%"):
			out.WriteByte('%')
			i++
		case len(rest) > 1 && rest[0] == '\\' && strings.IndexByte("nrt", rest[1]) >= 0:
			out.WriteByte(map[byte]byte{'n': '\n', 'r': '\r', 't': '\t'}[rest[1]])
			i++
		default:
			out.WriteByte(format[i])
		}
	}
	return out.String()
}
