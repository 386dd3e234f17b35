// Package store keeps the simulated cloud's documents in one bbolt file: every write is on disk when it returns, so a
// killed lab loses nothing that it had answered.
package store

import (
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// DB is one file of JSON documents in named collections. It is safe for concurrent use; one process has it open.
type DB struct{ bolt *bbolt.DB }

// Open opens or creates the file. It fails after a second if another process has it open.
func Open(path string) (*DB, error) {
	bolt, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	return &DB{bolt}, nil
}

// Close closes the file.
func (db *DB) Close() error { return db.bolt.Close() }

// Put writes a document; a nil value deletes it.
func (db *DB) Put(collection, key string, value any) error {
	return db.PutAll(collection, map[string]any{key: value})
}

// PutAll writes, and for nil values deletes, several documents of a collection in one transaction: all or none.
func (db *DB) PutAll(collection string, values map[string]any) error {
	return db.bolt.Update(func(tx *bbolt.Tx) error {
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
	return db.bolt.View(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket([]byte(collection))
		if bucket == nil {
			return nil
		}
		return bucket.ForEach(func(k, v []byte) error {
			return f(string(k), append(json.RawMessage(nil), v...))
		})
	})
}
