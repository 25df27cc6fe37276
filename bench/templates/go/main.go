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
	"time"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
	"software.sslmate.com/src/go-pkcs12"
)

type question struct {
	// Milliseconds that each template is rendered for.
	Ms    int
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
		for end := after(asked.Ms / 4); time.Now().Before(end); {
			render(one.Name, one.Template, data)
		}
		count, from := 0, cpuUs()
		for end := after(asked.Ms); time.Now().Before(end); count++ {
			render(one.Name, one.Template, data)
		}
		encoded := base64.StdEncoding.EncodeToString(output)
		answers = append(answers, answer{one.Name, encoded, count, cpuUs() - from})
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

func after(ms int) time.Time { return time.Now().Add(time.Duration(ms) * time.Millisecond) }

func must(err error) {
	if err != nil {
		log.Fatal(fmt.Errorf("go: %w", err))
	}
}
