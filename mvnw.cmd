@rem Copyright 2026 the original author or authors.
@rem SPDX-License-Identifier: Apache-2.0
@rem
@rem Runs the Maven version pinned in .mvn\wrapper\maven-wrapper.properties; mvnw says why this is not the stock wrapper.
@rem Written for Windows but never run there: no Windows machine was at hand. It knows two sources, MVNW_REPOURL and
@rem the Apache archive; an installed Maven 3.9.6 or newer does as well as this file.
@echo off
setlocal EnableExtensions DisableDelayedExpansion
set "MVNW_BASEDIR=%~dp0"
set "MVNW_HOME="
for /f "usebackq delims=" %%h in (`powershell -NoProfile -ExecutionPolicy Bypass -Command "Invoke-Expression ((Get-Content -Raw -LiteralPath ($env:MVNW_BASEDIR + 'mvnw.cmd')) -split '(?m)^# PowerShell from here on\r?$')[1]"`) do set "MVNW_HOME=%%h"
if not defined MVNW_HOME exit /b 1
set "MAVEN_HOME="
set "M2_HOME="
call "%MVNW_HOME%\bin\mvn.cmd" %*
exit /b %ERRORLEVEL%

# PowerShell from here on
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
    $properties = ConvertFrom-StringData (Get-Content -Raw -LiteralPath (Join-Path $env:MVNW_BASEDIR '.mvn\wrapper\maven-wrapper.properties'))
    $version = $properties.mavenVersion
    $checksum = $properties.distributionSha512Sum
    if (-not $version -or -not $checksum) { throw 'maven-wrapper.properties must set mavenVersion and distributionSha512Sum' }

    $user = if ($env:MAVEN_USER_HOME) { $env:MAVEN_USER_HOME } else { Join-Path $env:USERPROFILE '.m2' }
    $dists = Join-Path $user "wrapper\dists\apache-maven-$version"
    $mavenHome = Join-Path $dists $checksum.Substring(0, 32)
    if (-not (Test-Path -LiteralPath (Join-Path $mavenHome 'bin\mvn.cmd'))) {
        $file = "apache-maven-$version-bin.zip"
        $url = if ($env:MVNW_REPOURL) {
            $env:MVNW_REPOURL.TrimEnd('/') + "/org/apache/maven/apache-maven/$version/$file"
        } else {
            "https://archive.apache.org/dist/maven/maven-3/$version/binaries/$file"
        }
        $tmp = Join-Path $dists ('tmp.' + [guid]::NewGuid())
        New-Item -ItemType Directory -Force -Path $tmp | Out-Null
        try {
            $zip = Join-Path $tmp $file
            [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
            $client = New-Object Net.WebClient
            if ($env:MVNW_USERNAME -and $env:MVNW_REPOURL) {
                $client.Credentials = New-Object Net.NetworkCredential($env:MVNW_USERNAME, $env:MVNW_PASSWORD)
            }
            $client.DownloadFile($url, $zip)
            $actual = (Get-FileHash -Algorithm SHA512 -LiteralPath $zip).Hash
            if ($actual -ne $checksum) { throw "$file has the wrong SHA-512 checksum: $actual (expected: $checksum)" }
            Expand-Archive -LiteralPath $zip -DestinationPath $tmp
            # Two builds may race for this: the loser uses the winner's.
            if (-not (Test-Path -LiteralPath $mavenHome)) {
                try { Move-Item -LiteralPath (Join-Path $tmp "apache-maven-$version") -Destination $mavenHome }
                catch { if (-not (Test-Path -LiteralPath $mavenHome)) { throw } }
            }
        } finally {
            Remove-Item -Recurse -Force -LiteralPath $tmp
        }
    }
    Write-Output $mavenHome
} catch {
    [Console]::Error.WriteLine("mvnw: $_")
    exit 1
}
