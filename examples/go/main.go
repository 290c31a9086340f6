// A world clock. It reads templates, time zones, types of files and names of services when a request needs them.
package main

import (
	"fmt"
	"html/template"
	"log"
	"mime"
	"net"
	"net/http"
	"os/user"
	"path/filepath"
	"regexp"
	"time"
)

var noon = time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
var language = regexp.MustCompile("^[a-z]{2}$")

func parameter(r *http.Request, name, fallback string) string {
	if value := r.URL.Query().Get(name); value != "" {
		return value
	}
	return fallback
}

func page(w http.ResponseWriter, r *http.Request) {
	name := parameter(r, "language", "en")
	if r.URL.Path != "/" || !language.MatchString(name) {
		http.NotFound(w, r)
		return
	}
	zone, err := time.LoadLocation(parameter(r, "zone", "Europe/Madrid"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t, err := template.ParseFiles(filepath.Join("/srv/templates", name+".html"))
	if err != nil {
		http.Error(w, "no such language", http.StatusNotFound)
		return
	}
	if err := t.Execute(w, noon.In(zone)); err != nil {
		log.Print(err)
	}
}

func lookup(w http.ResponseWriter, r *http.Request) {
	port, err := net.LookupPort("tcp", parameter(r, "service", "http"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	account, err := user.Lookup(parameter(r, "user", "root"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fmt.Fprintf(w, "port %d, user %s, type %s\n", port, account.Uid, mime.TypeByExtension(parameter(r, "ending", ".html")))
}

func main() {
	http.HandleFunc("/", page)
	http.HandleFunc("/lookup", lookup)
	log.Print("listens on port 8080")
	log.Fatal(http.ListenAndServe(":8080", nil))
}
