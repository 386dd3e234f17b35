// Package kubesim is the simulated Kubernetes behind the `kubernetes` provider: an API server that accepts what the
// real one accepts, the controllers and the kubelet that make pods out of workloads, and a plugin.Provider that behaves
// as pulumi-kubernetes 4.30.0 does (pulumi-kubernetes.md).
//
// The one idea: the network below is not ours. Every image pull, every curl in a pod, every load balancer address and
// every request of whoever runs Pulumi is asked of Infrastructure; kubesim only turns its answers into what a user of
// Kubernetes would see. Time is simulated: nothing sleeps, and a rollout that the real provider would wait ten minutes
// for fails at once with the same words. From one opening to the next an hour passes, in which containers go on, end
// and are started again; while the clusters are open, the clock stands.
//
// Where Infrastructure says that the ingress controller of an application gateway, AGIC, runs in a cluster, it serves
// the Ingresses of its class: Infrastructure programs the gateway, and answers with the address.
//
// It is not a general Kubernetes: kinds, fields and programs that it does not know are refused by name. There is no
// scheduler beyond node count and node selector, no storage, no traffic between pods, no admission but Pod Security, no
// RBAC, and field managers never conflict. Readiness probes of a running container succeed.
package kubesim
