import type { Component } from './component.ts'

const version = '1.36.1'

// Kubernetes' own modules are published under v0: its go.mod replaces them by folders of its tree.
const staging =
  'api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap code-generator component-base component-helpers controller-manager cri-api cri-client cri-streaming csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission sample-apiserver sample-cli-plugin sample-controller streaming'

const files = {
  'go.mod': `module lockstep.test/components/k8s

go 1.26.0

require k8s.io/kubernetes v${version}

${staging
  .split(' ')
  .map((name) => `replace k8s.io/${name} => k8s.io/${name} v0${version.slice(1)}`)
  .join('\n')}
`,
  'tools.go': `//go:build tools

package tools

import (
	_ "k8s.io/kubectl/pkg/cmd"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
`,
}

/** A program of Kubernetes' own tree. Compiling takes up to 1.9 GB of memory. */
export function kubernetes(
  name: 'kube-apiserver' | 'kube-controller-manager' | 'kubectl',
  without: string,
  found: { readonly variables: readonly string[]; readonly args: readonly string[]; fits: RegExp },
): Component {
  const stamp = 'k8s.io/component-base/version'
  const [major, minor] = version.split('.')
  return {
    name,
    version,
    program: name,
    variables: found.variables,
    folderVariables: ['KUBEBUILDER_ASSETS'],
    check: { args: found.args, fits: found.fits },
    recipe: {
      kind: 'go-module',
      files,
      target: `k8s.io/kubernetes/cmd/${name}`,
      ldflags: `-X ${stamp}.gitVersion=v${version} -X ${stamp}.gitMajor=${major} -X ${stamp}.gitMinor=${minor}`,
    },
    without,
  }
}
