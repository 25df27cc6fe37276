// Renders templates with Go's own engine, for bench/templates.ts to stand beside: sprig, and of External
// Secrets' functions those that the templates use. Reads cases on standard input, writes on standard output what
// each rendered to and what it cost.
package main

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"strings"
	"syscall"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
	"software.sslmate.com/src/go-pkcs12"
)

type question struct {
	// Milliseconds of CPU that each template gets.
	Ms    int64
	Cases []struct {
		Name     string
		Template string
		// Values in base64.
		Data map[string]string
	}
}

type answer struct {
	Name string
	// In base64.
	Output string
	Count  int
	// User and system time of all threads, microseconds.
	CpuUs int64
}

func main() {
	var asked question
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	answers := []answer{}
	for _, one := range asked.Cases {
		data := map[string]string{}
		for key, text := range one.Data {
			value, err := base64.StdEncoding.DecodeString(text)
			must(err)
			data[key] = string(value)
		}
		output := render(one.Name, one.Template, data)
		work := func() { render(one.Name, one.Template, data) }
		repeat(work, asked.Ms*500)
		count, spent := repeat(work, asked.Ms*1000)
		encoded := base64.StdEncoding.EncodeToString(output)
		answers = append(answers, answer{one.Name, encoded, count, spent})
	}
	must(json.NewEncoder(os.Stdout).Encode(answers))
}

// Parses and renders, as External Secrets does at each refresh.
func render(name, text string, data map[string]string) []byte {
	parsed, err := template.New(name).Option("missingkey=error").Funcs(functions).Parse(text)
	must(err)
	var out bytes.Buffer
	must(parsed.Execute(&out, data))
	return out.Bytes()
}

var functions = func() template.FuncMap {
	all := sprig.TxtFuncMap()
	all["toYaml"] = func(value any) string {
		text, err := yaml.Marshal(value)
		must(err)
		return strings.TrimSuffix(string(text), "\n")
	}
	all["fromYaml"] = func(text string) map[string]any {
		value := map[string]any{}
		must(yaml.Unmarshal([]byte(text), &value))
		return value
	}
	all["htpasswd"] = func(user, password, _ string) string {
		sum := sha1.Sum([]byte(password))
		return user + ":{SHA}" + base64.StdEncoding.EncodeToString(sum[:])
	}
	all["filterPEM"] = filterPEM
	all["pkcs12key"] = func(text string) string {
		key, _, _, err := pkcs12.DecodeChain([]byte(text), "")
		must(err)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		must(err)
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	all["pkcs12cert"] = func(text string) string {
		_, leaf, others, err := pkcs12.DecodeChain([]byte(text), "")
		must(err)
		out := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})
		for _, one := range others {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one.Raw})...)
		}
		return string(out)
	}
	all["filterCertChain"] = func(_, text string) string { return leafOf(text) }
	return all
}()

func filterPEM(kind, text string) string {
	var out []byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return string(out)
		}
		if block.Type == kind {
			out = append(out, pem.EncodeToMemory(block)...)
		}
	}
}

// The certificate that signed no other one.
func leafOf(text string) string {
	certificates := []*x509.Certificate{}
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		must(err)
		certificates = append(certificates, certificate)
	}
	for _, one := range certificates {
		signed := false
		for _, other := range certificates {
			signed = signed || other != one && bytes.Equal(other.AuthorityKeyId, one.SubjectKeyId)
		}
		if !signed {
			return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one.Raw}))
		}
	}
	return ""
}

func cpuUs() int64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	micros := func(t syscall.Timeval) int64 { return int64(t.Sec)*1_000_000 + int64(t.Usec) }
	return micros(usage.Utime) + micros(usage.Stime)
}

func repeat(work func(), micros int64) (count int, spent int64) {
	for from := cpuUs(); spent < micros; spent = cpuUs() - from {
		for range 20 {
			work()
			count++
		}
	}
	return count, spent
}

func must(err error) {
	if err != nil {
		log.Fatal(fmt.Errorf("go: %w", err))
	}
}
