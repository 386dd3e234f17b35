// Package store keeps the simulated cloud's documents in one bbolt file: every write is on disk when it returns, so a
// killed lab loses nothing that it had answered.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// DB is one file of JSON documents in named collections. It is safe for concurrent use; one process has it open.
type DB struct {
	bolt *bbolt.DB
	path string
}

// DamagedError says that a file is not a store, or no longer: it was cut off, or something was written over it.
type DamagedError struct{ Path, Problem string }

// Error names the file and what was found.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("store %s is damaged: %s", e.Path, e.Problem)
}

// Open opens or creates the file, and reads all of it once. It fails with a *DamagedError when that is impossible, and
// after a second if another process has it open.
func Open(path string) (*DB, error) {
	db := &DB{path: path}
	err := db.guarded(func() (err error) {
		db.bolt, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
		return err
	})
	var damaged *DamagedError
	var system *fs.PathError
	var errno syscall.Errno
	switch {
	case errors.As(err, &damaged):
		return nil, err
	case errors.Is(err, bbolterrors.ErrTimeout) || errors.As(err, &system) || errors.As(err, &errno):
		return nil, fmt.Errorf("store %s: %w", path, err)
	case err != nil: // what bbolt says of files that are no database of its
		return nil, &DamagedError{path, err.Error()}
	}
	if err := db.readAll(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// readAll touches every document, so that what is damaged is found before anything relies on it.
func (db *DB) readAll() error {
	return db.view(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
			return bucket.ForEach(func(k, v []byte) error {
				if !json.Valid(v) {
					return &DamagedError{db.path, fmt.Sprintf("document %q of %q is no JSON", k, name)}
				}
				return nil
			})
		})
	})
}

// guarded turns what bbolt does on damaged pages, a panic or an access beyond the end of the file, into an error.
func (db *DB) guarded(f func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(before)
	defer func() {
		if problem := recover(); problem != nil {
			err = &DamagedError{db.path, fmt.Sprint(problem)}
		}
	}()
	return f()
}

// Close closes the file.
func (db *DB) Close() error { return db.guarded(db.bolt.Close) }

// Put writes a document; a nil value deletes it.
func (db *DB) Put(collection, key string, value any) error {
	return db.PutAll(collection, map[string]any{key: value})
}

// PutAll writes, and for nil values deletes, several documents of a collection in one transaction: all or none.
func (db *DB) PutAll(collection string, values map[string]any) error {
	return db.update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists([]byte(collection))
		if err != nil {
			return err
		}
		for key, value := range values {
			if value == nil {
				if err := bucket.Delete([]byte(key)); err != nil {
					return err
				}
				continue
			}
			text, err := json.Marshal(value)
			if err != nil {
				return fmt.Errorf("store %s %s: %w", collection, key, err)
			}
			if err := bucket.Put([]byte(key), text); err != nil {
				return err
			}
		}
		return nil
	})
}

// Each calls f with every document of a collection in key order.
func (db *DB) Each(collection string, f func(key string, text json.RawMessage) error) error {
	return db.view(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket([]byte(collection))
		if bucket == nil {
			return nil
		}
		return bucket.ForEach(func(k, v []byte) error {
			return f(string(k), append(json.RawMessage(nil), v...))
		})
	})
}

func (db *DB) update(f func(tx *bbolt.Tx) error) error {
	return db.guarded(func() error { return db.bolt.Update(f) })
}

func (db *DB) view(f func(tx *bbolt.Tx) error) error {
	return db.guarded(func() error { return db.bolt.View(f) })
}
