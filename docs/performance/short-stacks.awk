# Shortens collapsed stacks: without packages, without the frames of reflection, executors, filters and Groovy's calls, and with each
# method once, since a program is written by recursion. The plugin's own frames begin with "armory".
{
    count = $NF
    sub(/ [0-9]+$/, "")
    n = split($0, frames, ";")
    stack = ""
    split("", seen)
    for (i = 1; i <= n; i++) {
        name = frames[i]
        sub(/_\[[a-z0-9]\]$/, "", name)
        if (name ~ /^java\/lang|^java\/util\/concurrent|^jdk\/|^groovy\/|codehaus\/groovy|Lambda|lambda\$|access\$|[Ff]ilter|^org\/eclipse|ExecutorService|^com\/cloudbees\/groovy|^org\/kohsuke\/stapler|sandbox/ || name in seen)
            continue
        seen[name] = 1
        own = name ~ /jenkins.plugins.armory/ ? "armory " : ""
        gsub(/\//, ".", name)
        if (match(name, /\.[A-Z]/))
            name = substr(name, RSTART + 1)
        stack = stack (stack == "" ? "" : ";") own name
    }
    if (stack != "")
        print stack, count
}
