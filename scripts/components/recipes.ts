/**
 * The components, in the order in which most tests need them. Each recipe was run as it stands here,
 * with Go 1.26, from package registries alone.
 */
import type { Component } from './component.ts'
import { kubernetes } from './kubernetes.ts'
import { externalSecrets } from './external-secrets.ts'
import { flux } from './flux.ts'
import { vault } from './vault.ts'

const etcd: Component = {
  name: 'etcd',
  version: '3.6.14',
  program: 'etcd',
  variables: ['TEST_ASSET_ETCD'],
  folderVariables: ['KUBEBUILDER_ASSETS'],
  check: { args: ['--version'], fits: /etcd Version: 3\.[56]\./ },
  recipe: {
    kind: 'go-module',
    files: {
      'go.mod': `module lockstep.test/components/etcd

go 1.26.0

require go.etcd.io/etcd/server/v3 v3.6.14
`,
      'tools.go': `//go:build tools

package tools

import _ "go.etcd.io/etcd/server/v3/etcdmain"
`,
    },
    target: 'go.etcd.io/etcd/server/v3',
  },
  without: 'everything on a real API server',
}

const kubeseal: Component = {
  name: 'kubeseal',
  version: '0.40.0',
  program: 'kubeseal',
  variables: ['KUBESEAL'],
  check: { args: ['--version'], fits: /kubeseal version: v?0\.(3[6-9]|4\d)\./ },
  recipe: {
    kind: 'go-source',
    module: 'github.com/bitnami-labs/sealed-secrets@v0.40.0',
    target: './cmd/kubeseal',
    ldflags: '-X main.VERSION=v0.40.0',
  },
  without: 'that what kubeseal seals is unsealed here',
}

const sealedSecretsController: Component = {
  name: 'sealed-secrets-controller',
  version: '0.40.0',
  program: 'controller',
  variables: ['SEALED_SECRETS_CONTROLLER'],
  check: { args: ['--version'], fits: /v?0\.40\./ },
  recipe: {
    kind: 'go-source',
    module: 'github.com/bitnami-labs/sealed-secrets@v0.40.0',
    target: './cmd/controller',
    ldflags: '-X main.VERSION=v0.40.0',
  },
  without: 'that what is sealed here is unsealed by the Sealed Secrets controller',
}

const kustomize: Component = {
  name: 'kustomize',
  version: '5.8.1',
  program: 'kustomize',
  variables: ['KUSTOMIZE'],
  check: { args: ['version'], fits: /v?5\.[678]\./ },
  recipe: { kind: 'go-install', target: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1' },
  without: 'Git syncs with a kustomization.yaml',
}

const toxiproxy: Component = {
  name: 'toxiproxy',
  version: '2.12.0',
  program: 'toxiproxy-server',
  variables: ['TOXIPROXY'],
  addressVariable: 'TOXIPROXY_URL',
  check: { args: ['--version'], fits: /toxiproxy-server version/ },
  recipe: {
    kind: 'go-install',
    target: 'github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0',
    installs: 'server',
  },
  without: 'slow and broken connections between real parts',
}

const helm: Component = {
  name: 'helm',
  version: '4.2.4',
  program: 'helm',
  variables: ['HELM'],
  check: { args: ['version', '--short'], fits: /^v?[34]\./m },
  recipe: { kind: 'go-install', target: 'helm.sh/helm/v4/cmd/helm@v4.2.4' },
  without: 'charts',
}

const sops: Component = {
  name: 'sops',
  version: '3.13.2',
  program: 'sops',
  variables: ['SOPS'],
  check: { args: ['--version', '--disable-version-check'], fits: /sops 3\./ },
  recipe: { kind: 'go-install', target: 'github.com/getsops/sops/v3/cmd/sops@v3.13.2' },
  without: 'files encrypted by sops',
}

const age: Component = {
  name: 'age',
  version: '1.1.1',
  program: 'age',
  variables: ['AGE'],
  check: { args: ['--version'], fits: /\d+\.\d+|devel|unknown/ },
  recipe: { kind: 'deb', package: 'age' },
  without: 'files encrypted by age',
}

const sshd: Component = {
  name: 'sshd',
  version: '9.2',
  program: 'sshd',
  variables: ['SSHD'],
  check: { args: ['-V'], fits: /OpenSSH_/ },
  recipe: {
    kind: 'deb',
    package: 'openssh-server',
    libraries: ['libwrap0'],
    starts: 'usr/sbin/sshd',
  },
  without: 'Git over ssh against a real server',
}

const moto: Component = {
  name: 'moto',
  version: '5.2.3',
  program: 'moto_server',
  variables: ['MOTO_SERVER'],
  addressVariable: 'AWS_ENDPOINT_URL',
  check: { args: ['-c', 'import moto; print(moto.__version__)'], fits: /^5\./m, ask: 'python3' },
  recipe: { kind: 'pip', requirement: 'moto[server]==5.2.3' },
  without: 'the AWS provider against a server',
}

/** All of them, by worth. */
export const components: readonly Component[] = [
  etcd,
  kubernetes('kube-apiserver', 'everything on a real API server', {
    variables: ['TEST_ASSET_KUBE_APISERVER'],
    args: ['--version'],
    fits: /Kubernetes v1\.3[4-9]\./,
  }),
  kubernetes('kubectl', 'that a real kubectl works with it', {
    variables: ['TEST_ASSET_KUBECTL', 'KUBECTL'],
    args: ['version', '--client'],
    fits: /Client Version: v1\.3[5-9]\./,
  }),
  kubeseal,
  kubernetes('kube-controller-manager', 'garbage collection and namespaces that end', {
    variables: ['KUBE_CONTROLLER_MANAGER'],
    args: ['--version'],
    fits: /Kubernetes v1\.3[4-9]\./,
  }),
  vault,
  kustomize,
  sealedSecretsController,
  moto,
  age,
  sshd,
  toxiproxy,
  helm,
  sops,
  externalSecrets,
  flux(
    'source-controller',
    '1.9.3',
    'FLUX_SOURCE_CONTROLLER',
    'that Flux fetches for the embedded API server',
  ),
  flux(
    'kustomize-controller',
    '1.9.5',
    'FLUX_KUSTOMIZE_CONTROLLER',
    'that Flux runs on the embedded API server',
  ),
]
