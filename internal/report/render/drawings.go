package render

import (
	"errors"
	"html/template"
	"runtime"
	"sync"
)

// drawings are what is still to be drawn. Each takes a good part of a second, so they are drawn side by side.
type drawings struct{ todo []drawing }

type drawing struct {
	graph *graph
	form  form
	salt  string
	into  *template.HTML
}

func (d *drawings) add(g *graph, f form, salt string, into *template.HTML) {
	d.todo = append(d.todo, drawing{g, f, salt, into})
}

// draw draws all.
func (d *drawings) draw() error {
	var wait sync.WaitGroup
	problems := make([]error, len(d.todo))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range d.todo {
		free <- struct{}{}
		wait.Go(func() {
			problems[i] = d.todo[i].draw()
			<-free
		})
	}
	wait.Wait()
	return errors.Join(problems...)
}

func (d *drawing) draw() error {
	svg, err := d.graph.svg(d.form, d.salt)
	*d.into = template.HTML(svg) //nolint:gosec // d2 escapes labels
	return err
}
