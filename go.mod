module zoosh

go 1.26

require (
	github.com/chzyer/readline v1.5.1
	github.com/go-zookeeper/zk v1.0.4
	github.com/yuin/goldmark v1.8.7
)

require golang.org/x/sys v0.0.0-20220310020820-b874c991c1a5 // indirect
