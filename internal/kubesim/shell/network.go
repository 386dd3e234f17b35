package shell

// Network answers a process's HTTP requests. Every request is a connection of its own.
type Network interface {
	Request(r Request) Answer
}

// Request is one HTTP request.
type Request struct {
	Scheme    string // http or https
	Host      string // name or address, as in the URL
	Port      uint16
	Path      string // with query; at least "/"
	UserAgent string
}

// Outcome is how a connection ended.
type Outcome int

// The outcomes of a request.
const (
	Responded  Outcome = iota // Answer has a status and a body
	Unresolved                // the name does not exist
	Silent                    // no packet came back
	Reset                     // the far end closed the connection during the TLS handshake
	Refused                   // no connection; Answer.Reason says why
)

// Answer is what came back.
type Answer struct {
	Outcome Outcome
	Status  int    // HTTP status
	Body    string // as sent, without a newline that the server does not send
	Type    string // content type
	Reason  string // for Refused
}
