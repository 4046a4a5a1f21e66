@echo off
rem Makes this laptop a kiosk for the event that this stick was prepared for, and starts it. Needs no network, and Python
rem only where the stick brings wheels and not a program that was built.
rem With a folder behind its name it puts the program there, for deploy, and does no more.
setlocal
chcp 65001 >nul
set "HERE=%~dp0."
set "PLACE=%LOCALAPPDATA%\fairstart-program"
if not "%~1"=="" set "PLACE=%~1"
set "PROGRAM=%PLACE%\.venv\Scripts\fairstart.exe"

set "WHEEL="
for %%f in ("%HERE%\wheels\fairstart-*.whl") do set "WHEEL=%%~nxf"
set "BUILT="
for %%f in ("%HERE%\programs\fairstart-*-windows-*.zip") do set "BUILT=%%~nxf"
if defined BUILT set "WHEEL=%BUILT%"
if not defined WHEEL goto installed

rem The note is written last, so an installation that was interrupted is made anew.
set "NOTED="
if exist "%PLACE%\.venv\wheel" set /p NOTED=<"%PLACE%\.venv\wheel"
if "%NOTED%"=="%WHEEL%" goto installed

if defined BUILT goto unpack
set "PYTHON=py -3"
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul && goto found
set "PYTHON=python"
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul && goto found
echo This laptop has no Python 3.11 or newer: install it, then open this file again.
goto failed

:found
echo Putting Fairstart on this laptop. This takes a minute.
%PYTHON% -m venv --clear "%PLACE%\.venv" || goto notput
"%PLACE%\.venv\Scripts\python.exe" -m pip --isolated --disable-pip-version-check install --quiet --no-index --find-links "%HERE%\wheels" "fairstart[sftp]" || goto notput
goto put

:unpack
echo Putting Fairstart on this laptop.
if exist "%PLACE%\.venv" rmdir /s /q "%PLACE%\.venv"
mkdir "%PLACE%\.venv\Scripts" || goto notput
tar -xf "%HERE%\programs\%BUILT%" -C "%PLACE%\.venv\Scripts" --strip-components=1 || goto notput

:put
>"%PLACE%\.venv\wheel" echo %WHEEL%

:installed
if not "%~1"=="" exit /b 0
if exist "%PROGRAM%" goto start
set "PROGRAM=fairstart.exe"
where fairstart.exe >nul 2>nul && goto start
echo This laptop has no Fairstart, and this stick brings none: install it, then open this file again.
goto failed

:start
rem Elsewhere than on the stick, which may go, and whose kiosk.toml is not this laptop's.
cd /d "%USERPROFILE%"
"%PROGRAM%" setup --from "%HERE%" || goto failed
"%PROGRAM%"
exit /b

:notput
echo Fairstart could not be put on this laptop: see above, then open this file again.

:failed
pause
exit /b 1
