{{- define "merlon.name" -}}
{{- if contains "merlon" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-merlon" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "merlon.selector" -}}
app.kubernetes.io/name: merlon
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "merlon.labels" -}}
{{ include "merlon.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "merlon.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- /*
Every option by its name: the file the agent reads. It is a note of the pod's own, so that pods of an older template keep
the options they understand, and `kubectl rollout undo` brings them back.
*/ -}}
{{- define "merlon.config" -}}
{{- if and .Values.tokens .Values.exposePort (not .Values.tls.secret) }}{{ fail "tokens needs tls.secret: they would cross the network in clear" }}{{ end }}
{{- $own := dict
  "mode" .Values.mode
  "interface-prefixes" (join "," .Values.interfacePrefixes)
  "uplink-prefixes" (join "," .Values.uplinkPrefixes)
  "metadata-guard" .Values.metadataGuard
  "until-known" .Values.untilKnown
  "log-level" .Values.log.level
  "log-format" .Values.log.format
  "pin-root" "/bpf/merlon"
  "socket" "/run/merlon/agent.sock"
  "http-tokens" .Values.tokens
  "http-address" (printf "%s:%d" (ternary "0.0.0.0" "127.0.0.1" .Values.exposePort) (int .Values.port)) -}}
{{- range $name := append (keys $own) "tls-certificate" | concat (list "tls-key") | sortAlpha }}
{{- if hasKey $.Values.settings $name }}{{ fail (printf "settings.%s: the chart gives it by a value of its own, or must have it as it is" $name) }}{{ end }}
{{- end }}
{{- if .Values.tls.secret }}
{{- $own = merge $own (dict "tls-certificate" "/etc/merlon-tls/tls.crt" "tls-key" "/etc/merlon-tls/tls.key") }}
{{- end }}
{{- range $name, $value := merge (dict) .Values.settings $own }}
{{ $name }}: {{ if or (kindIs "float64" $value) (kindIs "int64" $value) }}{{ int64 $value }}{{ else if kindIs "slice" $value }}{{ join "," $value | quote }}{{ else }}{{ $value | toString | quote }}{{ end }}
{{- end }}
{{- end }}

{{- /* User 0, because capabilities are not passed on to any other one; it has none but these. */ -}}
{{- define "merlon.enforcing" -}}
runAsUser: 0
runAsGroup: 0
allowPrivilegeEscalation: {{ has "SYS_ADMIN" .Values.extraCapabilities }}
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
  add: {{ concat (list "BPF" "NET_ADMIN" "PERFMON") .Values.extraCapabilities | toJson }}
seccompProfile: {{ include "merlon.seccomp" . }}
{{- end }}

{{- define "merlon.unprivileged" -}}
runAsUser: 0
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "merlon.seccomp" -}}
{{- if eq .Values.seccomp "merlon" -}}
{type: Localhost, localhostProfile: {{ include "merlon.name" . }}.json}
{{- else if eq .Values.seccomp "unconfined" -}}
{type: Unconfined}
{{- else -}}
{type: RuntimeDefault}
{{- end -}}
{{- end }}
