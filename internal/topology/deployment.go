package topology

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// ErrNotADeployment says that a file is not what `pulumi stack export` writes.
var ErrNotADeployment = errors.New("not what `pulumi stack export` writes")

// FromDeployment reads the resources from what `pulumi stack export` writes, or from the checkpoint that a file backend
// keeps; name is what errors and Resource.Source call it. Resources that wait for deletion or have no id, such as
// components, are left out. Only those of interest to Build have properties. An error wraps ErrNotADeployment, or is
// the reader's; it quotes nothing of the file.
func FromDeployment(r io.Reader, name string) ([]Resource, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if problem := foreignFormat(in); problem != "" {
		return nil, fmt.Errorf("%s: %w: %s", name, ErrNotADeployment, problem)
	}
	d := &document{json: json.NewDecoder(in), name: name}
	if err := d.read(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, d.explain(err))
	}
	return d.resources, nil
}

// NoAzure is an error for resources of which none is azure-native's, as in a stack of another cloud; it says which
// there are.
func NoAzure(resources []Resource) error {
	counts := map[string]int{}
	for _, r := range resources {
		pkg, _, _ := strings.Cut(r.Type, ":")
		if pkg == azureNative || strings.HasPrefix(pkg, azureNative+"_") {
			return nil
		}
		if pkg != "pulumi" {
			counts[pkg]++
		}
	}
	var found []string
	for _, pkg := range slices.Sorted(maps.Keys(counts)) {
		found = append(found, fmt.Sprintf("%s (%d)", pkg, counts[pkg]))
	}
	if len(found) == 0 {
		return errors.New("there are no resources in it: give the export of a deployed stack")
	}
	return fmt.Errorf("there are no azure-native resources in it, only those of %s", strings.Join(found, ", "))
}

// document is one state file while it is read.
type document struct {
	json      *json.Decoder
	name      string
	resources []Resource

	version int
	stated  bool // there is a deployment or a checkpoint
	keys    map[string]bool
}

// errShape is a problem of the file itself.
type errShape struct{ problem string }

func (e errShape) Error() string { return e.problem }

// read takes the one document of the file, an object.
func (d *document) read() error {
	d.keys = map[string]bool{}
	if err := d.object("it", d.top); err != nil {
		return err
	}
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		return errShape{"there is more behind the first document: give each file by itself"}
	}
	switch {
	case d.stated && (d.version < oldestVersion || d.version > newestVersion):
		return errShape{fmt.Sprintf("its version is %d, and %d to %d are known", d.version, oldestVersion, newestVersion)}
	case d.stated:
		return nil
	case d.keys["sops"]:
		return errShape{"it is encrypted by sops: decrypt it first"}
	case d.keys["terraform_version"]:
		return errShape{"it is a Terraform state"}
	default:
		return errShape{"there is neither a deployment nor a checkpoint in it"}
	}
}

// The versions of deployments that are known: 4 adds a list of features to 3 (apitype.DeploymentSchemaVersionLatest).
const (
	oldestVersion = 3
	newestVersion = 4
)

func (d *document) top(key string) error {
	d.keys[key] = true
	switch key {
	case "version":
		return d.value("version", &d.version)
	case "deployment":
		return d.state(key)
	case "checkpoint":
		d.stated = true
		return d.object(key, func(inner string) error {
			if inner == "latest" {
				return d.state("checkpoint.latest")
			}
			return d.skip()
		})
	default:
		return d.skip()
	}
}

// state takes an object with a list of resources.
func (d *document) state(path string) error {
	d.stated = true
	return d.object(path, func(key string) error {
		if key != "resources" {
			return d.skip()
		}
		return d.list(path+".resources", func(at string) error {
			var r stored
			if err := d.value(at, &r); err != nil {
				return err
			}
			return d.keep(at, &r)
		})
	})
}

// object calls f for each key of an object; f takes the value. null has no keys.
func (d *document) object(at string, f func(key string) error) error {
	begin, err := d.json.Token()
	if err != nil || begin == nil {
		return err
	}
	if begin != json.Delim('{') {
		return errShape{at + " must be an object"}
	}
	for d.json.More() {
		key, err := d.json.Token()
		if err != nil {
			return err
		}
		if err := f(key.(string)); err != nil { // JSON has no other keys
			return err
		}
	}
	_, err = d.json.Token()
	return err
}

// list calls f for each element of a list; f takes the value. null has none.
func (d *document) list(at string, f func(at string) error) error {
	begin, err := d.json.Token()
	if err != nil || begin == nil {
		return err
	}
	if begin != json.Delim('[') {
		return errShape{at + " must be a list"}
	}
	for i := 0; d.json.More(); i++ {
		if err := f(element(at, i)); err != nil {
			return err
		}
	}
	_, err = d.json.Token()
	return err
}

// value takes a value of one type.
func (d *document) value(at string, into any) error {
	err := d.json.Decode(into)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field != "" {
			at += "." + wrong.Field
		}
		return errShape{at + " is of the wrong type"}
	}
	return err
}

func (d *document) skip() error {
	var ignored json.RawMessage
	return d.json.Decode(&ignored)
}

// explain turns what the decoder says into a problem of the file, without anything of its content.
func (d *document) explain(err error) error {
	var shape errShape
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &shape):
		return fmt.Errorf("%w: %s", ErrNotADeployment, shape.problem)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends in the middle, after %d bytes", ErrNotADeployment, d.json.InputOffset())
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: it is no JSON from byte %d on", ErrNotADeployment, syntax.Offset)
	default:
		return fmt.Errorf("reading the deployment: %w", err)
	}
}
